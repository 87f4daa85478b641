import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  compileProject,
  createCompileCache,
  findWorkflow,
  planChange,
  unlikePairs,
  type CompiledProject,
  type Downstream,
} from "@headwater/workflow";
import { seededRandom } from "../../seeded-random.js";
import { treeOfTexts } from "../findings-fixture.js";

const IDS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const SIGNALS = ["loaded", "checked"];
const ROUNDS = 60;
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e6));

describe(`a small change of a project (replay: SEED=${SEED})`, () => {
  it("is planned as if nothing of the two sides were shared", () => {
    const random = seededRandom(SEED);
    const cache = createCompileCache();
    let [texts, downstream, changed] = [{}, 0, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      const edited = editedTexts(texts, random);
      const before = compileProject(treeOfTexts(texts), cache);
      const after = compileProject(treeOfTexts(edited), cache);
      const plan = planChange(before, after, { at: 0 });
      assert.deepEqual(plan, planChange(unshared(before), unshared(after), { at: 0 }));
      const there = plan.workflows.filter(({ change }) => change !== "removed");
      assert.deepEqual(
        there.map(({ id, downstream }) => [id, ...pathsOf(downstream, "gained", "kept")]),
        there.map(({ id }) => [id, ...pathsOf(downstreamIn(after, id), "gained")]),
      );
      downstream += plan.workflows.flatMap((one) => one.downstream).length;
      changed += plan.workflows.length;
      texts = edited;
    }
    // It was about something.
    assert.ok(downstream > ROUNDS && changed > ROUNDS, `${downstream} downstream of ${changed}`);
  });

  it("tells those that are not the very same, in the order of their ids, and finds each by its id", () => {
    const random = seededRandom(SEED);
    const cache = createCompileCache();
    let [texts, last] = [{}, compileProject(treeOfTexts({}), cache)];
    for (let round = 0; round < ROUNDS; round += 1) {
      texts = editedTexts(texts, random);
      const project = compileProject(treeOfTexts(texts), cache);
      const pairs = IDS.map((id) => ({ id, before: byId(last, id), after: byId(project, id) }));
      assert.deepEqual(
        unlikePairs(last.workflows, project.workflows),
        pairs.filter(({ before, after }) => before !== after),
      );
      for (const id of ["", ...IDS, "zz"])
        assert.equal(findWorkflow(project.workflows, id), byId(project, id));
      last = project;
    }
  });
});

function byId(
  { workflows }: CompiledProject,
  wanted: string,
): CompiledProject["workflows"][number] | undefined {
  return workflows.find(({ id }) => id === wanted);
}

/** Where nothing was before. */
function downstreamIn(project: CompiledProject, id: string): readonly Downstream[] {
  const { workflows } = planChange({ ...project, workflows: [] }, project, { at: 0 });
  return workflows.find((one) => one.id === id)?.downstream ?? [];
}

function pathsOf(downstream: readonly Downstream[], ...changes: readonly Downstream["change"][]): unknown[] {
  return downstream.flatMap(({ workflow, change, path }) =>
    changes.includes(change) ? [{ workflow, path }] : [],
  );
}

function unshared(project: CompiledProject): CompiledProject {
  return { ...project, workflows: project.workflows.map((workflow) => ({ ...workflow })) };
}

/** One or two workflows come, go, or are other than they were. */
function editedTexts(
  texts: Readonly<Record<string, string>>,
  random: () => number,
): Readonly<Record<string, string>> {
  const edited: Record<string, string> = { ...texts };
  for (let edits = random() < 0.5 ? 1 : 2; edits > 0; edits -= 1) {
    const id = pick(IDS, random);
    const path = `${id}.workflow.yaml`;
    if (random() < 0.2) delete edited[path];
    else edited[path] = randomWorkflow(id, random);
  }
  return edited;
}

function randomWorkflow(id: string, random: () => number): string {
  const triggers = [
    `{ signal: ${pick(SIGNALS, random)}, match: { table: ${pick(["orders", "rates"], random)} } }`,
    `{ workflow: ${pick(IDS, random)} }`,
    `{ schedule: "${Math.floor(random() * 3)} * * * *" }`,
  ].filter(() => random() < 0.6);
  const emit = `emit: [{ signal: ${pick(SIGNALS, random)}, params: { table: orders } }]`;
  const steps = [
    `  one: { noop: {}${random() < 0.5 ? `, ${emit}` : ""} }`,
    ...(random() < 0.4 ? [`  other: { workflow: ${pick(IDS, random)} }`] : []),
  ];
  return `workflow: ${id}\ntriggers: [${triggers.join(", ")}]\nsteps:\n${steps.join("\n")}\n`;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] ?? none();
}

function none(): never {
  throw new TypeError("there is nothing");
}

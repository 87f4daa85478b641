import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createCompileCache } from "@headwater/workflow";
import { modelTree, readFileModel } from "#workflow/navigation/file-model.js";
import { occurrencesOf } from "#workflow/navigation/occurrences-of.js";
import type { Occurrence } from "#workflow/navigation/occurrence.js";
import { treeOfTexts } from "../findings-fixture.js";

/** Files in which one name is marked wherever it stands: `⟦a⟧` where it is given, `«a»` where it is used. */
type Marked = Readonly<Record<string, string>>;

function unmarked(text: string): string {
  return text.replaceAll(/[⟦⟧«»]/g, "");
}

/** The same files, marked by what the model says of the first name that is marked. */
function marked(files: Marked): Marked {
  const texts = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, unmarked(text)]));
  const cache = createCompileCache();
  const tree = modelTree(treeOfTexts(texts), cache);
  const occurrences = Object.keys(files).map((path) => {
    const model = readFileModel(path, tree, cache);
    return [path, model === null ? [] : occurrencesOf(model)] as const;
  });
  const [path, text] = Object.entries(files).find(([, written]) => /[⟦«]/.test(written)) ?? ["", ""];
  const start = text.search(/[⟦«]/);
  const chosen = occurrences
    .find(([file]) => file === path)?.[1]
    .find(({ range }) => range.start <= start && start < range.end);
  assert.ok(chosen, `nothing has a name at ${path}:${start}`);
  return Object.fromEntries(
    occurrences.map(([file, found]) => [file, mark(unmarked(files[file] ?? ""), found, chosen.symbol)]),
  );
}

function mark(text: string, occurrences: readonly Occurrence[], symbol: string): string {
  let result = text;
  for (const { symbol: own, range, role } of occurrences.toReversed()) {
    if (own !== symbol) continue;
    const [before, after] = role === "definition" ? "⟦⟧" : "«»";
    result = `${result.slice(0, range.start)}${before}${result.slice(range.start, range.end)}${after}${result.slice(range.end)}`;
  }
  return result;
}

const CASES: Readonly<Record<string, Marked>> = {
  "a variable of a foreach, in conditions of tests": {
    "a.workflow.yaml": `workflow: a
steps:
  load:
    foreach: { ⟦month⟧: [1, 2] }
    steps:
      pages:
        while: loop.page < 2
        vars: { page: 0 }
        next: { page: "\${{ loop.page + 1 }}" }
        steps: { copy: { run: "true", env: { M: "\${{ each.«month» }}" } } }
`,
    "a.workflow.test.yaml": `workflow: a
tests:
  of one:
    given:
      load.pages.copy: { where: each.«month» == 2 && loop.page == 1, fails: error }
    expect: { steps: { load.pages: [{ where: "each['«month»'] == 1", status: succeeded }] } }
`,
  },
  "a step, in needs, expressions and tests": {
    "a.workflow.yaml": `workflow: a
steps:
  ⟦extract⟧: { run: x, outputs: { rows: int } }
  load:
    needs: ["«extract»"]
    if: steps.«extract».outputs.rows > 0 && steps['«extract»'].status == "succeeded"
    run: y
outputs:
  rows: { type: int, value: "\${{ steps.«extract».outputs.rows }}" }
`,
    "a.workflow.test.yaml": `workflow: a
tests:
  one: { given: { «extract»: { outputs: { rows: 0 } } }, expect: { steps: { «extract»: succeeded } } }
`,
  },
  "a step of a loop, which another step of that name is not": {
    "a.workflow.yaml": `workflow: a
steps:
  load:
    foreach: { x: [1] }
    steps:
      ⟦copy⟧: { run: x, outputs: { rows: int } }
      audit: { needs: [«copy»], run: "y", env: { N: "\${{ steps.«copy».outputs.rows }}" } }
  other:
    foreach: { x: [1] }
    steps:
      copy: { run: x }
  sum: { needs: [load], run: z, env: { N: "\${{ steps.load.outputs.«copy».rows }}" } }
`,
    "a.workflow.test.yaml": `workflow: a
tests:
  one: { given: { load.«copy»: { fails: error }, other.copy: { fails: error } }, expect: { run: failed } }
`,
  },
  "an output": {
    "a.workflow.yaml": `workflow: a
steps:
  one: { run: x, outputs: { ⟦rows⟧: int } }
  two: { needs: [one], run: x, env: { A: "n=\${{ steps.one.outputs.«rows» }} of \${{ steps.one.outputs.«rows» }}" } }
`,
    "a.workflow.test.yaml": `workflow: a
tests:
  one: { given: { one: [{ outputs: { «rows»: 0 } }] }, expect: { run: succeeded } }
`,
  },
  "a param, also where others give it": {
    "a.workflow.yaml": `workflow: a
triggers:
  - schedule: "@daily"
    params: { «day»: 1 }
params:
  ⟦day⟧: { type: int }
  next: { type: int, default: "\${{ params.«day» + 1 }}" }
steps:
  one: { run: x, env: { D: "\${{ params.«day» }}" } }
`,
    "b.workflow.yaml": `workflow: b
params: { day: { type: int } }
steps:
  call: { workflow: a, with: { «day»: "\${{ params.day }}" } }
`,
    "a.workflow.test.yaml": `workflow: a
tests:
  one: { params: { «day»: 1 }, expect: { run: succeeded } }
`,
  },
  "a workflow": {
    "a.workflow.yaml": `workflow: ⟦a⟧
steps: { one: { noop: {} } }
`,
    "b.workflow.yaml": `workflow: b
triggers: [{ workflow: «a» }]
steps: { call: { workflow: "«a»" } }
`,
    "a.workflow.test.yaml": `workflow: «a»
tests: { one: { expect: { run: succeeded } } }
`,
  },
  "what a workflow gives": {
    "a.workflow.yaml": `workflow: a
outputs: { ⟦rows⟧: { type: int, value: 1 } }
steps: { one: { noop: {} } }
`,
    "b.workflow.yaml": `workflow: b
steps:
  call: { workflow: a }
  use: { needs: [call], run: x, env: { R: "\${{ steps.call.outputs.«rows» }}" } }
`,
  },
  "a signal": {
    "a.workflow.yaml": `workflow: a
steps: { one: { noop: {}, emit: { signal: ⟦t.ready⟧, params: { day: 1 } } } }
`,
    "b.workflow.yaml": `workflow: b
triggers:
  - signal: «t.ready»
  - all: { x: { signal: «t.ready» }, y: { signal: other } }
steps: { one: { noop: {}, wait_for: { signal: «t.ready» } } }
`,
  },
  "a variable of a loop, within a loop": {
    "a.workflow.yaml": `workflow: a
steps:
  outer:
    foreach: { ⟦x⟧: [1] }
    steps:
      inner:
        foreach: { y: [1, 2], z: "\${{ [each.«x»] }}" }
        steps:
          one: { run: x, env: { X: "\${{ each.«x» + each.y }}" } }
`,
  },
  "a variable of a while, whose next value sees the iteration": {
    "a.workflow.yaml": `workflow: a
steps:
  w:
    vars: { ⟦n⟧: 0 }
    while: loop.«n» < 3
    next: { «n»: "\${{ steps.one.outputs.n }}" }
    steps: { one: { run: x, outputs: { n: int }, env: { N: "\${{ loop.«n» }}" } } }
`,
  },
  "a template, its inputs and outputs": {
    "t.template.yaml": `template: t
inputs: { ⟦table⟧: { type: string } }
outputs: { rows: int }
run: x
env: { T: "\${{ inputs.«table» }}" }
`,
    "a.workflow.yaml": `workflow: a
steps: { one: { use: t.template.yaml, with: { «table»: x } } }
`,
  },
  "an output of a template": {
    "t.template.yaml": `template: t
outputs: { ⟦rows⟧: int }
run: x
`,
    "a.workflow.yaml": `workflow: a
steps:
  one: { use: ./t.template.yaml }
  two: { needs: [one], run: x, env: { R: "\${{ steps.one.outputs.«rows» }}" } }
`,
  },
  "a secret": {
    "a.workflow.yaml": `workflow: a
steps:
  one: { run: x, env: { K: "\${{ secrets.«KEY» }}" } }
  two: { http: { url: https://e.org, headers: { K: "\${{ secrets.«KEY» }}" } } }
`,
  },
};

describe("occurrencesOf()", () => {
  for (const [what, files] of Object.entries(CASES)) {
    it(`finds every place of ${what}`, () => assert.deepEqual(marked(files), files));
  }

  it("finds names in a file that does not parse as a whole", () => {
    const path = "a.workflow.yaml";
    const tree = treeOfTexts({
      [path]: "workflow: a\nsteps:\n  one: { noop: {} }\n  two:\n    needs: [one]\n    ne",
    });
    const model = readFileModel(path, tree, createCompileCache());
    assert.ok(model);
    assert.deepEqual(
      occurrencesOf(model).map(({ symbol, role }) => `${role} of ${symbol}`),
      [
        "definition of workflow a",
        "definition of step a#one",
        "definition of step a#two",
        "use of step a#one",
      ],
    );
  });
});

import assert from "node:assert/strict";
import { decide, describeSteps, isRunEnded, isStepEnded } from "@headwater/engine";
import type { StepChange } from "@headwater/engine";
import { describe, it } from "mocha";
import { seededRandom } from "../../seeded-random.js";
import { newRun } from "../builder.js";
import { RandomShell, randomWorkflow } from "../random-run.js";

const RUNS = 300;

describe("a run to which people do whatever can be done", () => {
  it("ends, has no two attempts of a step at once, counts exactly, and replays to the same state", function () {
    this.timeout(120_000);
    for (let seed = 1; seed <= RUNS; seed += 1) play(seed);
  });
});

function play(seed: number): void {
  const random = seededRandom(seed);
  const definition = randomWorkflow(random);
  const state = newRun(definition);
  const shell = new RandomShell(definition, state, random);
  shell.playWithPeople();
  const told = `seed ${seed}`;
  assert.ok(isRunEnded(state.status), `${told}: the run is ${state.status}`);
  assert.equal(shell.finishes, shell.restarts + 1, told);
  assert.deepEqual(shell.impossible, [], told);
  assert.deepEqual(shell.repeated, [], told);
  assert.deepEqual(shell.twice, [], told);
  assert.deepEqual(shell.tooWide, [], told);
  for (const step of shell.steps.values()) {
    assert.ok(isStepEnded(step.status), `${told}: ${step.path} is ${step.status}`);
    if (step.iterations !== null)
      assert.deepEqual(step.iterations, countOf(shell.steps, step), `${told}: ${step.path}`);
  }
  assertReasons(shell, told);
  const again = newRun(definition);
  for (const { at, event, changes, effects } of shell.journal) {
    const decision = decide(again, event, at);
    assert.deepEqual([decision.changes, decision.effects], [changes, effects], told);
  }
  assert.deepEqual(describeSteps(again), describeSteps(state), told);
}

/** A run that failed, and a loop of which iterations did, name a step that is failed. */
function assertReasons({ finished, steps }: RandomShell, told: string): void {
  const loops = [...steps.values()].flatMap(
    ({ reason }) => / failed; the first: (.*)$/.exec(reason ?? "")?.[1] ?? [],
  );
  const ofRun = finished?.status === "failed" ? [finished.reason ?? "nothing"] : [];
  for (const reason of [...ofRun, ...loops]) {
    const path = reason.split(": ")[0] ?? "";
    assert.ok(isFailed(steps.get(path)?.status), `${told}: "${reason}" names what is not failed`);
  }
}

function isFailed(status: string | undefined): boolean {
  return ["failed", "timed_out", "upstream_failed"].includes(status ?? "");
}

/** What the rows of its iterations say. */
function countOf(steps: ReadonlyMap<string, StepChange>, loop: StepChange): StepChange["iterations"] {
  const total = loop.iterations?.total ?? 0;
  const count = { total, running: 0, succeeded: 0, failed: 0, skipped: 0 };
  const rows = [...steps.values()].filter(({ path }) => path.startsWith(`${loop.path}[`));
  for (let iteration = 0; iteration < total; iteration += 1) {
    const prefix = `${loop.path}[${iteration}].`;
    const own = rows.filter(
      ({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes("."),
    );
    count[outcomeOf(own.map(({ status }) => status))] += 1;
  }
  return count;
}

function outcomeOf(statuses: readonly string[]): "succeeded" | "failed" | "skipped" {
  if (statuses.some(isFailed)) return "failed";
  if (statuses.includes("canceled")) return "skipped";
  return statuses.some((status) => status !== "skipped") ? "succeeded" : "skipped";
}

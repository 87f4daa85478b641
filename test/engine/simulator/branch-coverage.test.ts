import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  simulate,
  sumCoverage,
  type SimulationOptions,
  type StepCoverage,
  type WorkflowCoverage,
} from "@headwater/engine";
import type { StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import { child, foreach, noop, outcome, run, T0, workflow } from "../builder.js";

const NO_RETRY = run("x").retry;

function covered(
  steps: readonly StepDefinition[],
  given: SimulationOptions["given"] = {},
): readonly StepCoverage[] {
  return played(steps, given).flatMap((coverage) => coverage.steps);
}

function played(
  steps: readonly StepDefinition[],
  given: SimulationOptions["given"] = {},
): readonly WorkflowCoverage[] {
  const report = workflow([run("extract", { retry: { ...NO_RETRY, errors: 1, delayMs: 0 } })], {
    id: "report",
  });
  const workflows = (id: string): WorkflowDefinition | null => (id === "report" ? report : null);
  return simulate({ definition: workflow(steps), params: {}, given, workflows, startAt: T0 }).coverage;
}

/** `a: if_true 1, if_false 0` of the steps that have branches. */
function branches(coverage: readonly StepCoverage[]): readonly string[] {
  return coverage
    .filter((step) => step.branches.length > 0)
    .map(
      ({ path, branches: of }) =>
        `${path}: ${of.map(({ branch, taken }) => `${branch} ${taken}`).join(", ")}`,
    );
}

describe("the branches that a simulation takes", () => {
  it("are both ways of each condition, and not the ways that never came to it", () => {
    const steps = [
      run("a", { if: "1 < 2" }),
      run("b", { if: "1 > 2" }),
      run("c", { needs: ["b"], if: "true" }),
      foreach("load", [1, 2, 3], { steps: [noop("copy", { if: "each.item > 1" })] }),
    ];
    assert.deepEqual(branches(covered(steps)), [
      "a: if_true 1, if_false 0",
      "b: if_true 0, if_false 1",
      "c: if_true 0, if_false 0",
      "load.copy: if_true 2, if_false 1",
    ]);
  });

  it("are the classes of failures that are retried, where somebody asked for it", () => {
    const retry = { ...NO_RETRY, errors: 2, timeouts: 1, platform: 10, delayMs: 0 };
    const steps = [run("a", { retry }), run("b", { retry: { ...retry, platform: 3, delayMs: 60_000 } })];
    const given = {
      a: [
        outcome({ fails: "error" }),
        outcome({ fails: "platform" }),
        outcome({ fails: "error" }),
        outcome({}),
      ],
      b: [outcome({ fails: "timeout" }), outcome({ fails: "timeout" })],
    };
    assert.deepEqual(branches(covered(steps, given)), [
      "a: retry_errors 2, retry_timeouts 0",
      "b: retry_errors 0, retry_platform 0, retry_timeouts 1",
    ]);
  });

  it("are not asked of steps that cannot fail by themselves", () => {
    const retry = { ...NO_RETRY, errors: 2 };
    const steps = [noop("a", { retry }), foreach("b", [1], { retry, steps: [noop("c")] })];
    assert.deepEqual(branches(covered(steps)), []);
  });
});

describe("the coverage of a simulation", () => {
  it("is of each workflow that its steps ran, too, once for each of them", () => {
    const given = { "first.extract": [outcome({ fails: "error" }), outcome({})] };
    const steps = [child("first"), child("second", { needs: ["first"] })];
    const told = played(steps, given).map(({ workflow: id, steps: ofIt }) => [
      id,
      ...ofIt.map(({ path, succeeded }) => `${path} ${succeeded}`),
      ...branches(ofIt),
    ]);
    assert.deepEqual(told, [
      ["test", "first 1", "second 1"],
      ["report", "extract 1", "extract: retry_errors 1"],
      ["report", "extract 1", "extract: retry_errors 0"],
    ]);
  });
});

describe("sumCoverage()", () => {
  it("sums simulations step by step, and has every step when there are none", () => {
    const steps = [run("a"), run("b", { needs: ["a"], if: "true" })];
    const failed = played(steps, { a: [outcome({ fails: "error" })] });
    const counts = (coverage: readonly StepCoverage[]): readonly string[] =>
      coverage.map(({ path, succeeded, failed: bad, skipped }) => `${path} ${succeeded}/${bad}/${skipped}`);
    const sum = sumCoverage(workflow(steps), [played(steps), failed, played(steps)].flat());
    assert.deepEqual(counts(sum), ["a 2/1/0", "b 2/0/1"]);
    assert.deepEqual(branches(sum), ["b: if_true 2, if_false 0"]);
    assert.deepEqual(counts(sumCoverage(workflow(steps), [])), ["a 0/0/0", "b 0/0/0"]);
  });
});

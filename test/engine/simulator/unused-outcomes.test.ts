import assert from "node:assert/strict";
import { runTestCase } from "@headwater/engine";
import type { TestCase, WorkflowDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { foreach, noop, outcome, run, workflow } from "../builder.js";

const SUCCEEDS = { run: "succeeded", steps: {}, takes: { atLeastMs: null, atMostMs: null }, isLate: null };

describe("unusedOutcomes()", () => {
  it("fails on an outcome that nothing asked for", () => {
    const loop = workflow([
      noop("a"),
      run("b", { needs: ["a"], if: "false" }),
      foreach("each", ["x", "y"], { steps: [noop("c")] }),
    ]);
    const given = {
      a: [outcome({}), outcome({ afterMs: 5 })],
      b: [outcome({ fails: "error" })],
      "each.c": [outcome({ where: 'each.item == "x"' }), outcome({ where: 'each.item == "z"' })],
    };
    assert.deepEqual(failuresOf(loop, { given, expect: SUCCEEDS }), [
      'Given outcome 2 of step "a" was never used: there are not so many attempts',
      'The given outcome of step "b" was never used: the step is skipped',
      'Given outcome 2 of step "each.c" was never used: there is no attempt left of an iteration where each.item == "z"',
    ]);
  });

  it("lets an outcome be unused of a step that is expected not to run, or that a failure kept from running", () => {
    const chain = workflow([run("a", { if: "false" }), run("b"), run("c", { needs: ["b"] })]);
    const given = { a: [outcome({})], b: [outcome({ fails: "error" })], c: [outcome({})] };
    const skipped = { where: null, iterations: null, status: "skipped", attempts: null, outputs: null };
    const steps = { a: [skipped] };
    assert.deepEqual(failuresOf(chain, { given, expect: { ...SUCCEEDS, run: "failed", steps } }), []);
  });
});

function failuresOf(
  definition: WorkflowDefinition,
  test: Pick<TestCase, "given" | "expect">,
): readonly string[] {
  const begins = {
    signal: null,
    signals: null,
    trigger: null,
    environment: null,
    scheduledAtMs: null,
    attempt: 1,
  };
  const whole = { name: "", params: {}, begins, fires: null, starts: null, ...test };
  return runTestCase({ definition }, whole).failures.map(({ message }) => message);
}

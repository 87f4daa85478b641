import assert from "node:assert/strict";
import { simulate } from "@headwater/engine";
import type { SimulationOptions, SimulationResult } from "@headwater/engine";
import type { GivenOutcome, StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { T0, approval, child, expression, literal, outcome, run, whileLoop, workflow } from "../builder.js";

const HOUR = 3_600_000;
const ROWS = { rows: { name: "int" } } as const;
const REPORT = workflow([run("extract", { outputs: ROWS }), run("send", { needs: ["extract"] })], {
  id: "report",
  params: [{ name: "day", type: { name: "date" } }],
  outputs: [{ name: "rows", type: { name: "int" }, value: expression("steps.extract.outputs.rows * 2") }],
});
const CALL = child("call", { with: { day: literal("2026-01-02") }, outputs: ROWS });

describe("a simulated run", () => {
  it("simulates the workflows that its steps run, on the same clock", () => {
    const after = run("after", { needs: ["call"], if: "steps.call.outputs.rows == 10" });
    const given = { "call.extract": [outcome({ outputs: { rows: 5 }, afterMs: HOUR })] };
    const result = play([CALL, after], { given });
    assert.equal(result.status, "succeeded");
    assert.equal(result.tookMs, HOUR);
    assert.equal(statusOf(result, "call/extract"), "succeeded");
    assert.equal(statusOf(result, "after"), "succeeded");
    const told = result.timeline
      .filter(({ at }) => at === T0 + HOUR)
      .map(({ path, status }) => `${path} ${status}`);
    assert.deepEqual(told.slice(0, 2), ["call/extract succeeded", "call/send queued"]);
  });

  it("fails a step whose workflow fails, or does not take its params", () => {
    const given = { "call.send": [outcome({ fails: "error" })] };
    const failed = play([CALL], { given });
    assert.match(failed.reason ?? "", /^call: the run of "report" failed: send: the given outcome/);
    const refused = play([child("call", { with: { day: literal("soon") } })], {});
    assert.match(refused.reason ?? "", /^call: the run of "report" failed: param "day" must be date/);
  });

  it("goes on in the outcomes of its steps when the step that runs it is tried again", () => {
    const retry = {
      errors: 2,
      platform: 0,
      timeouts: 0,
      delayMs: 0,
      backoff: "fixed",
      maxDelayMs: 0,
    } as const;
    const given = {
      "call.extract": [
        outcome({ fails: "error" }),
        outcome({ outputs: { rows: 5 } }),
        outcome({ outputs: { rows: 7 } }),
      ],
      "call.send": [outcome({ fails: "error" }), outcome({})],
    };
    const result = play([{ ...CALL, retry }], { given });
    assert.equal(result.status, "succeeded", result.reason ?? "");
    assert.equal(result.steps.get("call")?.attempt, 3);
    assert.deepEqual(result.steps.get("call")?.outputs, { rows: 14 });
    assert.equal(result.used.size, 5);
  });

  it("takes the outcome of such a step when one is given", () => {
    const given = { call: [outcome({ fails: "error", afterMs: HOUR })] };
    const result = play([{ ...CALL, ignoreFailure: true }], { given });
    assert.equal(statusOf(result, "call"), "ignored_failure");
    assert.equal(result.steps.has("call/extract"), false);
    assert.equal(result.tookMs, HOUR);
  });

  it("stops a run that takes longer than its step may", () => {
    const given = { "call.extract": [outcome({ afterMs: 2 * HOUR })] };
    const result = play([{ ...CALL, timeoutMs: HOUR }], { given });
    assert.equal(statusOf(result, "call"), "timed_out");
    assert.equal(statusOf(result, "call/extract"), "canceled");
  });

  it("ends when workflows run each other in a circle", () => {
    const circle = workflow([child("call", { workflow: "circle" })], { id: "circle" });
    const result = simulate({
      definition: circle,
      params: {},
      given: {},
      startAt: T0,
      workflows: () => circle,
    });
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", /more than 20 runs wait for each other$/);
  });

  it("opens the gates of a step at once, later or never, as the test says", () => {
    const gate = { signal: "updated", match: [], lookbackMs: null, timeoutMs: 3 * HOUR } as const;
    const publish = run("publish", { waitFor: [gate, gate] });
    assert.equal(play([publish], {}).tookMs, 0);
    const late = play([publish], { given: { publish: [outcome({ signals: [{ afterMs: 2 * HOUR }] })] } });
    assert.equal(late.tookMs, 2 * HOUR);
    assert.equal(late.status, "succeeded");
    const never = play([publish], {
      given: { publish: [outcome({ signals: [{ afterMs: 0 }, { afterMs: null }] })] },
    });
    assert.equal(statusOf(never, "publish"), "timed_out");
    assert.equal(never.tookMs, 3 * HOUR);
  });

  it("answers approvals as the test says", () => {
    const check = approval("check");
    assert.deepEqual(play([check], {}).steps.get("check")?.outputs, { approved_by: "ann", comment: "" });
    const answer = { by: "bob", approved: false, comment: "too late", afterMs: HOUR };
    const rejected = play([check], { given: { check: [outcome({ answer })] } });
    assert.equal(rejected.reason, "check: rejected by bob: too late");
    const silent = play([check], { given: { check: [outcome({ answer: "never" })] } });
    assert.equal(silent.status, "running");
    assert.equal(silent.reason, "check waits for approval by ann or bob");
  });

  it("reuses an earlier result when the test gives one", () => {
    const extract = run("extract", { outputs: ROWS, cache: { key: literal("day"), ttlMs: null } });
    const given = { extract: [outcome({ cached: true, outputs: { rows: 7 }, afterMs: HOUR })] };
    const result = play([extract], { given });
    assert.equal(result.tookMs, 0);
    assert.deepEqual(result.steps.get("extract")?.outputs, { rows: 7 });
    assert.equal(result.steps.get("extract")?.reason, "reused, as given");
  });

  it("gives outcomes to the iterations of a while that a condition names", () => {
    const days = whileLoop("days", "loop.i < 5", { steps: [run("copy")] });
    const given = { "days.copy": [outcome({ where: "loop.i == 3", fails: "error" })] };
    assert.equal(play([days], { given }).reason?.startsWith("days: days[3].copy: "), true);
  });
});

function play(steps: readonly StepDefinition[], options: Partial<SimulationOptions>): SimulationResult {
  const workflows = (id: string): WorkflowDefinition | null => (id === "report" ? REPORT : null);
  const given: Readonly<Record<string, readonly GivenOutcome[]>> = {};
  return simulate({ definition: workflow(steps), params: {}, given, startAt: T0, workflows, ...options });
}

function statusOf({ steps }: SimulationResult, path: string): string | undefined {
  return steps.get(path)?.status;
}

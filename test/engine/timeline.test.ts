import assert from "node:assert/strict";
import { decide, outcomeOfEvent, timelineOf } from "@headwater/engine";
import type { RunEvent, RunState } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, newRun, run, sleep, workflow } from "./builder.js";

describe("the timeline of a run", () => {
  it("says what happened to which step and why, with what follows from it", () => {
    const state = newRun(workflow([run("a"), run("b", { needs: ["a"] })]));
    assert.deepEqual(told(state, { kind: "start" }), ["the run: began"]);
    assert.deepEqual(told(state, { kind: "attempt_started", path: "a", attempt: 1 }), ["a: attempt 1 began"]);
    const failed = { status: "failed", class: "error", message: "exit code 1", retryable: false } as const;
    assert.deepEqual(told(state, { kind: "attempt_ended", path: "a", attempt: 1, result: failed }), [
      "a: attempt 1 failed: exit code 1",
      "a: failed: exit code 1",
      "b: upstream failed: a failed",
      "the run: failed: a: exit code 1",
    ]);
  });

  it("says who did what, and why", () => {
    const state = newRun(workflow([run("a"), run("b")]));
    told(state, { kind: "start" });
    const by = { by: "ann", reason: "to look" };
    assert.deepEqual(told(state, { kind: "action", action: { name: "pause", path: null }, ...by }), [
      "the run: pause by ann: to look",
    ]);
    assert.deepEqual(
      told(state, { kind: "action", action: { name: "skip", path: "a", outputs: null }, ...by }),
      ["a: skip by ann: to look"],
    );
    assert.deepEqual(told(state, { kind: "workflow_breakpoints", breakpoints: [{ step: "b", ...by }] }), [
      "b: breakpoint of the workflow by ann: to look",
    ]);
    assert.deepEqual(told(state, { kind: "cancel", ...by })[0], "the run: cancel by ann: to look");
  });

  it("tells the end of what has no attempts, and nothing of timers alone", () => {
    const state = newRun(workflow([sleep("nap", { forMs: 1000 }), run("a")]));
    told(state, { kind: "start" });
    assert.deepEqual(told(state, { kind: "timer", timer: "nap" }, T0 + 1), []);
    assert.deepEqual(told(state, { kind: "timer", timer: "nap" }, T0 + 1000), ["nap: succeeded"]);
  });

  it("says after a restart of the service which attempts were lost", () => {
    const retry = { ...run("a").retry, platform: 1 };
    const state = newRun(
      workflow([run("a", { retry }), run("b", { retry: { ...retry, platform: 0 } }), run("c")]),
    );
    told(state, { kind: "start" });
    told(state, { kind: "attempt_started", path: "a", attempt: 1 });
    const begun = ["a", "b"].map((path) => ({ path, attempt: 1 }));
    assert.deepEqual(told(state, { kind: "recovered", begun }), [
      "the run: went on after a restart of the service",
      "a: attempt 1 was lost: the service restarted while it was running",
      "b: attempt 1 was lost: the service restarted while it was running",
      "b: failed: the service restarted while this attempt was running",
    ]);
  });

  it("keeps nothing beside an event that says all itself", () => {
    const state = newRun(workflow([run("a"), run("b")]));
    decide(state, { kind: "start" }, T0);
    const end = {
      kind: "attempt_ended",
      path: "a",
      attempt: 1,
      result: { status: "succeeded", outputs: {} },
    } as const;
    assert.equal(outcomeOfEvent(decide(state, end, T0)), null);
  });
});

function told(state: RunState, event: RunEvent, at = T0): readonly string[] {
  return timelineOf(event, outcomeOfEvent(decide(state, event, at))).map(
    ({ path, what, by, why }) =>
      `${path ?? "the run"}: ${what}${by === null ? "" : ` by ${by}`}${why === null ? "" : `: ${why}`}`,
  );
}

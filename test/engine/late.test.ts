import assert from "node:assert/strict";
import { createRun, decide, pendingEffects } from "@headwater/engine";
import type { Effect, RunEvent, RunState } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, newRun, run, workflow } from "./builder.js";

const DUE = T0 + 1000;
const RING: RunEvent = { kind: "timer", timer: "$due" };
const SET = { kind: "set_timer", timer: "$due", at: DUE };

describe("a run that should end by some time", () => {
  it("is late once when that has come, in its queue or under way, and goes on", () => {
    const queued = expected();
    assert.deepEqual(pendingEffects(queued), [SET]);
    assert.deepEqual(send(queued, RING, DUE - 1), []);
    assert.deepEqual(send(queued, RING, DUE), [{ kind: "late", dueAt: DUE }]);
    assert.deepEqual([queued.status, queued.lateAt], ["queued", DUE]);
    assert.deepEqual([send(queued, RING, DUE + 1), pendingEffects(queued)], [[], []]);

    const going = expected();
    send(going, { kind: "start" }, T0);
    assert.deepEqual(pendingEffects(going), [SET]);
    assert.deepEqual(send(going, RING, DUE + 5), [{ kind: "late", dueAt: DUE }]);
    assert.deepEqual([going.status, going.lateAt], ["running", DUE + 5]);
  });

  it("is not late when it has ended, and its timer is cleared", () => {
    const state = expected();
    send(state, { kind: "start" }, T0);
    const end = send(state, succeeded(1), DUE - 1);
    assert.deepEqual(end, [
      { kind: "clear_timer", timer: "$due" },
      { kind: "finish", status: "succeeded", reason: null },
    ]);
    assert.deepEqual([send(state, RING, DUE), state.lateAt, pendingEffects(state)], [[], null, []]);
  });

  it("may become late when it is done again", () => {
    const state = expected();
    send(state, { kind: "start" }, T0);
    send(state, succeeded(1), DUE - 1);
    const again = {
      name: "restart",
      from: "beginning",
      path: null,
      params: null,
      version: null,
      previous: null,
    } as const;
    const effects = send(state, { kind: "action", action: again, by: "ann", reason: "" }, DUE + 50);
    assert.deepEqual(effects, [{ kind: "requeue" }, SET]);
    assert.deepEqual(send(state, RING, DUE + 50), [{ kind: "late", dueAt: DUE }]);
  });

  it("has no such timer where nothing is expected", () => {
    const state = newRun(workflow([run("a")]));
    assert.deepEqual([pendingEffects(state), send(state, RING, DUE), state.lateAt], [[], [], null]);
  });
});

function expected(): RunState {
  const plain = newRun(workflow([run("a")]));
  return createRun({ ...plain.input, evaluator: plain.evaluator, dueAt: DUE });
}

function succeeded(attempt: number): RunEvent {
  return { kind: "attempt_ended", path: "a", attempt, result: { status: "succeeded", outputs: {} } };
}

function send(state: RunState, event: RunEvent, at: number): readonly Effect[] {
  return decide(state, event, at).effects;
}

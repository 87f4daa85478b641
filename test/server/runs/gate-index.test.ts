import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { SignalMatch } from "@headwater/workflow";
import { GateIndex, type AwaitedGate, type FreshSignal } from "#server/runs/gate-index.js";

describe("GateIndex", () => {
  it("asks one of ten thousand gates of one name about a signal", () => {
    const index = new GateIndex();
    for (let day = 0; day < 10_000; day += 1) index.add(gate(`r${day}`, [eq("day", day)]));
    assert.deepEqual(runsOf(index.listCandidates(signal({ day: 7 }))), ["r7"]);
    assert.deepEqual(runsOf(index.listCandidates(signal({ day: 10_000 }))), []);
    assert.deepEqual(runsOf(index.listCandidates(signal({}))), []);
    assert.deepEqual(runsOf(index.listCandidates({ ...signal({ day: 7 }), environment: "staging" })), []);
    assert.deepEqual(runsOf(index.listCandidates({ ...signal({ day: 7 }), signal: "other" })), []);
  });

  it("finds gates by each value that one param may have, and asks what cannot be looked up", () => {
    const index = new GateIndex();
    index.add(gate("any", []));
    index.add(gate("some", [{ param: "region", operator: "in", value: ["eu", "us"] }]));
    index.add(gate("late", [eq("region", "us"), { param: "hour", operator: "gte", value: 6 }]));
    assert.deepEqual(runsOf(index.listOpenedBy(signal({ region: "eu" }))), ["any", "some"]);
    assert.deepEqual(runsOf(index.listOpenedBy(signal({ region: "us", hour: 6 }))), ["any", "late", "some"]);
    assert.deepEqual(runsOf(index.listOpenedBy(signal({ region: "us", hour: 5 }))), ["any", "some"]);
    assert.deepEqual(runsOf(index.listOpenedBy({ ...signal({ region: "us", hour: 6 }), at: 99 })), []);
  });

  it("forgets a step, a run, and what something else has taken the place of", () => {
    const index = new GateIndex();
    const before = gate("r1", [eq("day", 1)]);
    index.add(before);
    index.add(gate("r1", [eq("day", 2)]));
    assert.deepEqual(runsOf(index.listCandidates(signal({ day: 1 }))), []);
    assert.equal(index.delete(before), false);
    index.add(gate("r1", [eq("day", 2)], "other"));
    index.add(gate("r2", [eq("day", 2)]));
    index.forget("r1", "other");
    assert.deepEqual(runsOf(index.listCandidates(signal({ day: 2 }))), ["r1", "r2"]);
    index.forget("r1");
    assert.deepEqual(runsOf(index.listCandidates(signal({ day: 2 }))), ["r2"]);
    index.forget("r3");
    assert.equal(index.isEmpty(), false);
    index.forget("r2");
    assert.equal(index.isEmpty(), true);
  });
});

function gate(runId: string, match: readonly SignalMatch[], path = "publish"): AwaitedGate {
  const effect = { kind: "await_signal", path, gate: 0, signal: "updated", match, since: 100 } as const;
  return { runId, environment: "production", effect };
}

function eq(param: string, value: string | number): SignalMatch {
  return { param, operator: "eq", value };
}

function signal(params: FreshSignal["params"]): FreshSignal {
  return { id: 1, signal: "updated", environment: "production", params, at: 100 };
}

function runsOf(gates: readonly AwaitedGate[]): readonly string[] {
  return gates.map(({ runId }) => runId).sort();
}

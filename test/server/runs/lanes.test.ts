import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RunStrategy } from "@headwater/workflow";
import { Lanes, type LaneRun } from "#server/runs/lanes.js";

const KEY = { project: "p", environment: "production", workflow: "w" };
const SEQUENTIAL: RunStrategy = { rule: "sequential", limit: 1 };

describe("Lanes", () => {
  it("start the oldest that waits when the one before has ended", () => {
    const lanes = setup(["a", "b"]);
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, ["a"]);
    lanes.begin(KEY, "a");
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, []);
    lanes.end(KEY, "a");
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, ["b"]);
  });

  it("do not start one that was withdrawn, and leave one alone that is going", () => {
    const lanes = setup(["a", "b", "c"]);
    lanes.begin(KEY, "a");
    lanes.withdraw(KEY, "a");
    lanes.withdraw(KEY, "b");
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, []);
    lanes.end(KEY, "a");
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, ["c"]);
  });

  it("let a run of a backfill that may go beside others begin at once, and count it nowhere", () => {
    const lanes = setup(["a", "b"]);
    lanes.queue(KEY, { ...run("x"), backfill: "beside" });
    lanes.queue(KEY, { ...run("y"), backfill: "within" });
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, ["a", "x"]);
    for (const id of ["a", "x"]) lanes.begin(KEY, id);
    lanes.end(KEY, "a");
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, ["b"]);
    lanes.begin(KEY, "b");
    lanes.end(KEY, "b");
    assert.deepEqual(lanes.next(KEY, SEQUENTIAL).start, ["y"]);
  });

  it("are kept only while they have runs, and apart for each environment", () => {
    const lanes = setup(["a"]);
    assert.deepEqual(lanes.next({ ...KEY, environment: "staging" }, SEQUENTIAL).start, []);
    lanes.begin(KEY, "a");
    lanes.end(KEY, "a");
    assert.equal(
      lanes.keys().some(({ environment }) => environment === "production"),
      false,
    );
  });
});

function setup(queued: readonly string[]): Lanes {
  const lanes = new Lanes();
  for (const id of queued) lanes.queue(KEY, run(id));
  return lanes;
}

function run(id: string): LaneRun {
  return { id, number: id.charCodeAt(0), backfill: null };
}

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Priority, WorkflowProperties } from "@headwater/workflow";
import { attemptNeeds, handedDown } from "#server/runs/attempt-needs.js";
import { newRun } from "../store/store-rows.js";
import type { RunRow } from "#server/store/store.js";

const attempt = {
  path: "load[3].copy",
  kind: "run",
  pool: undefined,
  permits: undefined,
  maxParallelSteps: null,
};

describe("attemptNeeds()", () => {
  it("takes the priority of the step, else of the loop around it, else of the workflow", () => {
    const priorityWith = (steps: Readonly<Record<string, Priority>>): Priority =>
      attemptNeeds(row(), attempt, properties(steps)).priority;
    assert.equal(priorityWith({ "load.copy": "high", load: "critical" }), "high");
    assert.equal(priorityWith({ load: "critical", copy: "high" }), "critical");
    assert.equal(priorityWith({ other: "critical" }), "low");
  });

  it("shares as the project where the workflow has no owner, and takes no slot for a noop", () => {
    const owned = attemptNeeds(row(), attempt, { ...properties({}), owner: "ann" });
    const free = attemptNeeds(row(), { ...attempt, kind: "noop" }, properties({}));
    assert.deepEqual([owned.owner, owned.pool, free.owner, free.pool], ["ann", "default", "sales", null]);
  });

  it("shares apart for backfills of an owner, also in the runs that their steps have started", () => {
    const properties_ = { ...properties({}), owner: "ann" };
    const trigger = {
      kind: "backfill",
      backfillId: "bf_1",
      by: "ann",
      position: 0,
      slotAt: 5,
      overlap: false,
    } as const;
    const parent = { ...row(), trigger };
    const handed = handedDown(parent, { wait: false }, null);
    const step = {
      kind: "step",
      runId: parent.id,
      path: "a",
      attempt: 1,
      depth: 1,
      root: null,
      ...handed,
    } as const;
    for (const of of [parent, { ...row(), trigger: step }]) {
      const { owner, isBackfill } = attemptNeeds(of, attempt, properties_);
      assert.deepEqual({ owner, isBackfill }, { owner: "backfills of ann", isBackfill: true });
    }
  });

  it("counts against what the runs around it are limited to, and holds their permits", () => {
    const parent = row();
    const waited = { wait: true, permits: ["db"] };
    const trigger = {
      kind: "step",
      runId: parent.id,
      path: "call",
      attempt: 1,
      depth: 1,
      root: null,
    } as const;
    const child = row({ id: "child", trigger: { ...trigger, ...handedDown(parent, waited, 4) } });
    const needs = attemptNeeds(child, { ...attempt, permits: ["api"], maxParallelSteps: 2 }, properties({}));
    assert.deepEqual(needs.permits, ["api", "db"]);
    assert.deepEqual(needs.places, [
      { runId: parent.id, limit: 4 },
      { runId: "child", limit: 2 },
    ]);
    const grandchild = handedDown(child, { wait: true, permits: ["mail"] }, null);
    assert.deepEqual(grandchild, { permits: ["db", "mail"], places: [{ runId: parent.id, limit: 4 }] });
    assert.deepEqual(handedDown(child, { wait: false, permits: ["mail"] }, 2), {}, "nobody waits for it");
  });
});

function row(changes: Partial<RunRow> = {}): RunRow {
  const created = newRun("parent", {});
  return {
    ...created,
    number: 1,
    attempt: 1,
    status: "running",
    reason: null,
    startedAt: 1,
    endedAt: null,
    outputs: null,
    dueAt: null,
    lateAt: null,
    jobs: {},
    ...changes,
  };
}

function properties(steps: Readonly<Record<string, Priority>>): WorkflowProperties {
  const of = (priority: Priority) => ({ name: null, description: null, labels: {}, priority });
  return {
    description: null,
    owner: null,
    labels: {},
    priority: "low",
    runStrategy: { rule: "sequential", limit: 1 },
    expect: null,
    alerts: [],
    steps: Object.fromEntries(Object.entries(steps).map(([step, priority]) => [step, of(priority)])),
  };
}

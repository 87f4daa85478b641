import assert from "node:assert/strict";
import type { BackfillRow } from "#server/store/backfills.js";
import type { NewRun, Store } from "#server/store/store.js";
import { activation, advance, deployment, KEY, newRun, SUCCEEDED } from "./store-rows.js";
import type { StoreFactory } from "./store-conformance.js";
import { testWith } from "./with-store.js";

const ACTOR = { by: "bob", reason: "because" };

/** Backfills: how far they are, who changed them, and what their runs have come to. */
export function describeBackfills(create: StoreFactory): void {
  const test = testWith(create);

  test("createBackfill() keeps every part of it, once, also for the next start", async ({
    store,
    reopen,
  }) => {
    await store.createBackfill(backfill("bf_1"));
    await store.createBackfill(backfill("bf_1", { maxParallel: 7 }));
    const again = await reopen();
    assert.deepEqual(await again.findBackfill("bf_1"), backfill("bf_1"));
    assert.equal(await again.findBackfill("bf_2"), null);
  });

  test("createBackfill() makes one of a request that is repeated, also at once, and of another workflow another", async ({
    store,
  }) => {
    const asked = ["bf_1", "bf_2"].map((id) => backfill(id, { requestId: "r1" }));
    const kept = await Promise.all(asked.map((row) => store.createBackfill(row)));
    assert.deepEqual(
      kept.map(({ id }) => id),
      ["bf_1", "bf_1"],
    );
    const other = await store.createBackfill(backfill("bf_3", { requestId: "r1", workflow: "other" }));
    assert.deepEqual([other.id, other.requestId], ["bf_3", "r1"]);
    await store.createBackfill(backfill("bf_4"));
    assert.equal((await store.createBackfill(backfill("bf_5"))).id, "bf_5");
    assert.equal((await store.listBackfills({ limit: 9 })).length, 4);
  });

  test("advanceBackfill() moves one on with its runs, or writes nothing where it has moved already or is not running", async ({
    store,
  }) => {
    await store.createBackfill(backfill("bf_1"));
    const next = { position: 2, at: 5, taken: 1 };
    const step = { id: "bf_1", position: 0, cursor: next, skipped: 1, runs: [runOf("run_1", 0)] };
    assert.deepEqual(
      (await store.advanceBackfill(step))?.map(({ id }) => id),
      ["run_1"],
    );
    assert.equal(await store.advanceBackfill({ ...step, runs: [runOf("run_2", 1)] }), null);
    await store.changeBackfill("bf_1", { from: ["running"], to: "paused", actor: ACTOR, at: 9 });
    assert.equal(await store.advanceBackfill({ ...step, position: 2, runs: [runOf("run_2", 1)] }), null);
    const { cursor, skipped, changed } = (await store.findBackfill("bf_1"))!;
    assert.deepEqual([cursor, skipped, changed], [next, 1, { ...ACTOR, at: 9 }]);
    assert.equal((await store.listRuns({ limit: 9 })).length, 1);
  });

  test("changeBackfill() lets one of two who ask for the same have it, and ends what has ended", async ({
    store,
  }) => {
    await store.createBackfill(backfill("bf_1"));
    const pause = { from: ["running"], to: "paused", actor: ACTOR, at: 9 } as const;
    assert.deepEqual(
      await Promise.all([store.changeBackfill("bf_1", pause), store.changeBackfill("bf_1", pause)]),
      [true, false],
    );
    await store.changeBackfill("bf_1", { from: ["paused"], to: "canceled", actor: null, at: 12 });
    const { status, endedAt, changed } = (await store.findBackfill("bf_1"))!;
    assert.deepEqual([status, endedAt, changed], ["canceled", 12, { ...ACTOR, at: 9 }]);
  });

  test("retryBackfill() marks the runs that ended badly, each until it has been restarted", async ({
    store,
  }) => {
    await store.createBackfill(backfill("bf_1"));
    const runs = ["run_1", "run_2", "run_3"].map(runOf);
    await store.advanceBackfill({ id: "bf_1", position: 0, cursor: null, skipped: 0, runs });
    for (const [id, status] of [
      ["run_1", "failed"],
      ["run_2", "succeeded"],
      ["run_3", "timed_out"],
    ] as const) {
      await store.advanceRun(advance(id, 1, { run: { ...SUCCEEDED, status } }));
    }
    assert.equal(await store.retryBackfill("bf_1", { ...ACTOR, at: 20 }), 2);
    assert.deepEqual(await store.listBackfillRetries("bf_1", 9), ["run_1", "run_3"]);
    await store.dropBackfillRetry("run_3");
    await restart(store, "run_1");
    assert.deepEqual(await store.listBackfillRetries("bf_1", 9), []);
    await store.advanceRun(advance("run_1", 3, { run: { ...SUCCEEDED, status: "failed" } }));
    assert.deepEqual(await store.listBackfillRetries("bf_1", 9), [], "it was restarted once");
    await store.changeBackfill("bf_1", { from: ["running"], to: "canceled", actor: null, at: 21 });
    assert.equal(await store.retryBackfill("bf_1", { ...ACTOR, at: 22 }), null);
  });

  test("countBackfillRuns() and lists know the runs of each backfill, and of its steps none", async ({
    store,
  }) => {
    await store.createBackfill(backfill("bf_1"));
    await store.createRuns([
      runOf("run_1", 0),
      runOf("run_2", 1),
      newRun("run_3"),
      newRun("run_4", {
        trigger: {
          kind: "step",
          runId: "run_1",
          path: "a",
          attempt: 1,
          depth: 1,
          root: null,
          backfillId: "bf_1",
        },
      }),
    ]);
    await store.advanceRun(advance("run_1", 1, { run: SUCCEEDED }));
    assert.deepEqual(await store.countBackfillRuns("bf_1"), { queued: 1, succeeded: 1 });
    assert.deepEqual(await store.countBackfillRuns("bf_1", ["queued", "running"]), { queued: 1 });
    const ids = async (query: object): Promise<readonly string[]> =>
      (await store.listRuns({ backfill: "bf_1", limit: 9, ...query })).map(({ id }) => id);
    assert.deepEqual(await ids({}), ["run_2", "run_1"]);
    assert.deepEqual(await ids({ status: "succeeded" }), ["run_1"]);
    assert.deepEqual(await ids({ before: "run_2" }), ["run_1"]);
  });

  test("listSlotRuns() finds the runs for slots, whatever made them, newest first", async ({ store }) => {
    await store.createRuns([
      newRun("run_1", { trigger: { kind: "schedule", schedule: "@daily", slotAt: 5 } }),
      runOf("run_2", 0),
      newRun("run_3", { trigger: { kind: "schedule", schedule: "@daily", slotAt: 6 }, workflow: "other" }),
      newRun("run_4"),
    ]);
    const found = await store.listSlotRuns(KEY, [4, 5, 6]);
    assert.deepEqual(
      found.map(({ id, slotAt, status }) => [id, slotAt, status]),
      [
        ["run_2", 5, "queued"],
        ["run_1", 5, "queued"],
      ],
    );
  });

  test("listDeployedAt() and listVersionChanges() know what a workflow was at any time", async ({
    store,
  }) => {
    const deploy = (id: string, at: number, workflows: Parameters<typeof activation>[1]) => {
      const row = deployment(id, { endedAt: at, commit: `commit-${id}` });
      return store.activateDeployment(activation(row, workflows, id === "d4" ? ["daily"] : []));
    };
    await deploy("d1", 10, { daily: { version: "v1" } });
    await deploy("d2", 20, { other: { version: "o1" } });
    await deploy("d3", 30, { daily: { version: "v2" } });
    await deploy("d4", 40, {});
    const at = await store.listDeployedAt(KEY, [9, 10, 25, 30, 45]);
    assert.deepEqual(
      at.map((one) => (one === null ? null : [one.versionId, one.commit])),
      [null, ["v1", "commit-d1"], ["v1", "commit-d2"], ["v2", "commit-d3"], null],
    );
    const changes = (from: number, before: number, limit = 9) =>
      store.listVersionChanges(KEY, { from, before, limit });
    assert.deepEqual(await changes(0, 100), [
      { since: 10, versionId: "v1" },
      { since: 30, versionId: "v2" },
      { since: 40, versionId: null },
    ]);
    assert.deepEqual(await changes(25, 40), [
      { since: 10, versionId: "v1" },
      { since: 30, versionId: "v2" },
    ]);
    assert.equal((await changes(0, 100, 2)).length, 2);
  });

  test("listActiveBackfills() and listBackfills() page through them", async ({ store }) => {
    for (const id of ["bf_1", "bf_2", "bf_3"]) await store.createBackfill(backfill(id));
    await store.changeBackfill("bf_2", { from: ["running"], to: "canceling", actor: ACTOR, at: 5 });
    await store.changeBackfill("bf_3", { from: ["running"], to: "paused", actor: ACTOR, at: 5 });
    const ids = (rows: readonly BackfillRow[]): readonly string[] => rows.map(({ id }) => id);
    assert.deepEqual(ids(await store.listActiveBackfills()), ["bf_1", "bf_2"]);
    assert.deepEqual(ids(await store.listBackfills({ limit: 2 })), ["bf_3", "bf_2"]);
    assert.deepEqual(ids(await store.listBackfills({ limit: 2, before: "bf_2", project: KEY.project })), [
      "bf_1",
    ]);
    assert.deepEqual(await store.listBackfills({ limit: 2, workflow: "other" }), []);
  });
}

/** One that has begun, of two days. */
export function backfill(id: string, changes: Partial<BackfillRow> = {}): BackfillRow {
  return {
    ...KEY,
    id,
    requestId: null,
    selection: { kind: "slots", from: 0, before: 100, params: { mode: "full" } },
    order: "newest",
    maxParallel: 3,
    overlap: true,
    redo: false,
    binding: { kind: "now", versionId: "v1", commit: "c0ffee", repositoryId: "repo_1" },
    total: 12,
    status: "running",
    cursor: { position: 0, at: null, taken: 0 },
    skipped: 0,
    by: "ann",
    reason: "new rates",
    createdAt: 1000,
    changed: null,
    endedAt: null,
    ...changes,
  };
}

function runOf(id: string, position: number): NewRun {
  return newRun(id, {
    trigger: { kind: "backfill", backfillId: "bf_1", by: "ann", position, slotAt: 5, overlap: false },
    triggerKey: `backfill:bf_1:${position}`,
  });
}

async function restart(store: Store, id: string): Promise<void> {
  const { versionId, commit, params } = (await store.findRun(id))!;
  const queued = { status: "queued", reason: null, startedAt: null, endedAt: null, outputs: null } as const;
  await store.advanceRun(advance(id, 2, { run: queued, rebound: { attempt: 2, versionId, commit, params } }));
}

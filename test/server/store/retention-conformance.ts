import assert from "node:assert/strict";
import type { GateDefinition, StepDefinition } from "@headwater/workflow";
import type { Store } from "#server/store/store.js";
import { describeRetentionInvariants } from "./retention-invariants.js";
import type { StoreFactory } from "./store-conformance.js";
import {
  activation,
  advance,
  deployment,
  KEY,
  newRun,
  newSignal,
  RUNNING,
  stepChange,
  SUCCEEDED,
} from "./store-rows.js";
import { testWith } from "./with-store.js";

const CUTOFF = 5000;
const FAILED = { ...SUCCEEDED, status: "failed", reason: "exit 1", outputs: null } as const;

/** What is thrown away, and what is not. */
export function describeRetention(create: StoreFactory): void {
  const test = testWith(create);
  describeRetentionInvariants(create);

  test("pruneRuns() forgets runs that ended in time, with all that belongs to them", async ({
    store,
    reopen,
  }) => {
    await store.createRuns(["a", "b", "c"].map((id) => newRun(id)));
    await end(store, "a", { steps: [stepChange("load")] });
    await end(store, "b", { run: { ...SUCCEEDED, endedAt: CUTOFF } });
    await end(store, "c");
    assert.equal(await prune(store), 1);
    const again = await reopen();
    assert.deepEqual(await idsOf(again), ["c", "b"]);
    assert.equal(await again.findRun("a"), null);
    assert.equal(await again.findRunByNumber(KEY, 1), null);
    assert.deepEqual(await again.readJournal("a"), []);
    assert.deepEqual(await again.listSteps("a", { limit: 10 }), []);
    assert.deepEqual(await again.filterRuns(["a", "b", "nobody"]), ["b"]);
  });

  test("historyBegin() is when the latest run ended that was forgotten", async ({ store }) => {
    await store.createRuns(["a", "b", "c"].map((id) => newRun(id)));
    for (const [id, endedAt] of [
      ["a", 4000],
      ["b", 3500],
      ["c", 3000],
    ] as const)
      await end(store, id, { run: { ...SUCCEEDED, endedAt } });
    assert.equal(await store.historyBegin(), null);
    await prune(store);
    assert.equal(await store.historyBegin(), 4000);
  });

  test("pruneRuns() goes page by page, and what it has forgotten may be swept by a later life", async ({
    store,
    reopen,
  }) => {
    const ids = Array.from({ length: 7 }, (_, index) => `run-${index}`);
    await store.createRuns(ids.map((id) => newRun(id)));
    for (const id of ids) await end(store, id, { steps: [stepChange("one"), stepChange("two")] });
    const page = await store.pruneRuns({ endedBefore: CUTOFF, limit: 3 });
    assert.equal(page.pruned, 3);
    assert.deepEqual(await idsOf(store), ["run-6", "run-5", "run-4", "run-3"]);
    const again = await reopen();
    assert.equal(await again.sweepPrunedRuns(), true);
    assert.equal(await prune(again), 3);
    assert.equal(await again.sweepPrunedRuns(), false);
    assert.deepEqual(await idsOf(again), ["run-6"]);
  });

  test("pruneRuns() never forgets a run that goes, nor one whose child goes", async ({ store }) => {
    await store.createRuns([newRun("queued"), newRun("parent"), newRun("alone"), newRun("newest")]);
    await store.createRuns([child("child", "parent")]);
    for (const id of ["parent", "alone", "newest"]) await end(store, id);
    await store.advanceRun(advance("child", 1));
    assert.equal(await prune(store), 1);
    assert.deepEqual(await idsOf(store), ["child", "newest", "parent", "queued"]);
    await store.advanceRun(advance("child", 2, { run: SUCCEEDED }));
    await store.createRuns([newRun("later", { workflow: "part" })]);
    await end(store, "later");
    assert.equal(await prune(store), 2);
    assert.deepEqual(await idsOf(store), ["later", "newest", "queued"]);
  });

  test("a trigger key that has started a run which is forgotten starts none again", async ({ store }) => {
    const slot = newRun("a", { triggerKey: "slot:sch_1:1000" });
    await store.createRuns([slot, newRun("b")]);
    for (const id of ["a", "b"]) await end(store, id);
    assert.equal(await prune(store), 1);
    assert.deepEqual(await store.createRuns([{ ...slot, id: "c" }]), []);
    assert.equal(await store.findRunByTriggerKey("slot:sch_1:1000"), null);
  });

  test("pruneRuns() keeps the newest run of a workflow, and the one that blocks it", async ({ store }) => {
    await store.createRuns(["a", "b", "c"].map((id) => newRun(id)));
    await end(store, "a");
    await end(store, "b", { run: FAILED });
    await end(store, "c", { run: { ...FAILED, status: "canceled", startedAt: null } });
    assert.equal(await prune(store), 1);
    assert.deepEqual(await idsOf(store), ["c", "b"]);
    assert.equal((await store.findBlockingRun(KEY))?.id, "b");
    const [next] = await store.createRuns([newRun("d")]);
    assert.equal(next?.number, 4);
  });

  test("pruneRuns() keeps what the usual duration of a workflow that lives is made of", async ({ store }) => {
    await store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
    const ids = Array.from({ length: 14 }, (_, index) => `run-${index}`);
    await store.createRuns(ids.map((id) => newRun(id)));
    for (const id of ids) await end(store, id);
    const usual = await store.listUsualDurations({ repositoryId: "repo_1" });
    assert.equal(await prune(store), 4);
    assert.deepEqual(await store.listUsualDurations({ repositoryId: "repo_1" }), usual);
  });

  test("what a forgotten run has left for others is found, with its number", async ({ store }) => {
    await store.createRuns(["a", "b"].map((id) => newRun(id)));
    const remembered = [{ step: "load", key: "monday", outputs: { rows: 3 }, at: 2500 }];
    await end(store, "a", { remembered });
    await end(store, "b");
    assert.equal(await prune(store), 1);
    const found = await store.findRemembered({ ...KEY, step: "load", key: "monday", since: 0 });
    assert.deepEqual(found, { outputs: { rows: 3 }, runId: "a", runNumber: 1, at: 2500 });
    await store.createRuns([newRun("c")]);
    await end(store, "c", { remembered });
    const newer = await store.findRemembered({ ...KEY, step: "load", key: "monday", since: 0 });
    assert.equal(newer?.runNumber, 3);
  });

  test("pruneRemembered() forgets what a step has left before", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    const remembered = [1000, 2000].map((at) => ({ step: "load", key: `at ${at}`, outputs: {}, at }));
    await store.advanceRun(advance("a", 1, { remembered }));
    assert.deepEqual(await store.listRememberedSteps(), [{ ...KEY, step: "load" }]);
    assert.equal(await store.pruneRemembered({ ...KEY, step: "other", before: 9000 }), 0);
    assert.equal(await store.pruneRemembered({ ...KEY, step: "load", before: 2000 }), 1);
    assert.equal(await store.findRemembered({ ...KEY, step: "load", key: "at 1000", since: 0 }), null);
    assert.notEqual(await store.findRemembered({ ...KEY, step: "load", key: "at 2000", since: 0 }), null);
  });

  test("pruneRuns() keeps a run whose signals are not matched yet, or wait for others", async ({ store }) => {
    await store.createRuns(["a", "b", "c", "d"].map((id) => newRun(id)));
    for (const id of ["a", "b", "c"])
      await end(store, id, { signals: [newSignal(`${id}/1`, { runId: id })] });
    await end(store, "d");
    const waiting = { ...KEY, joinId: "join", key: "x", signals: { left: 2 } };
    await store.matchSignals(2, { runs: [], joined: [waiting] });
    assert.equal(await prune(store), 1);
    assert.deepEqual(await idsOf(store), ["d", "c", "b"]);
  });

  test("pruneSignals() deletes what is old, matched and waits for nothing", async ({ store }) => {
    await store.createRuns([newRun("goes")]);
    await store.advanceRun(advance("goes", 1, { signals: [newSignal("1", { runId: "goes" })] }));
    for (const key of ["2", "3", "4"]) await store.recordSignal(newSignal(key));
    await store.recordSignal(newSignal("5", { at: CUTOFF }));
    await store.recordSignal(newSignal("6"));
    const waiting = { ...KEY, joinId: "join", key: "x", signals: { left: 3 } };
    await store.matchSignals(5, { runs: [], joined: [waiting] });
    const first = await store.pruneSignals({ before: CUTOFF, limit: 3 });
    assert.deepEqual(first, { pruned: 1, next: 3 });
    assert.deepEqual(await store.pruneSignals({ before: CUTOFF, limit: 3, after: 3 }), {
      pruned: 1,
      next: null,
    });
    const left = await store.listSignals({
      signal: "table-updated",
      environment: "production",
      since: 0,
      limit: 10,
    });
    assert.deepEqual(
      left.map(({ id }) => id),
      [1, 3, 6, 5],
    );
  });

  test("signalsNeededSince() is as far back as gates look, of what lives and of runs that go on", async ({
    store,
  }) => {
    assert.equal(await store.signalsNeededSince(9000), null);
    await store.activateDeployment(activation(deployment("dep_1"), { daily: { steps: [gated(2000)] } }));
    assert.equal(await store.signalsNeededSince(9000), 7000);
    await store.createRuns([newRun("a", { createdAt: 8500 })]);
    assert.equal(await store.signalsNeededSince(9000), 6500);
    await end(store, "a");
    assert.equal(await store.signalsNeededSince(9000), 7000);
  });
}

/** Forgets and sweeps all; says how many runs went. */
async function prune(store: Store): Promise<number> {
  let pruned = 0;
  for (let after: number | null = 0; after !== null;) {
    const page = await store.pruneRuns({ endedBefore: CUTOFF, after, limit: 2 });
    pruned += page.pruned;
    after = page.next;
  }
  while (await store.sweepPrunedRuns()) continue;
  return pruned;
}

/** Runs it and ends it, as a success at 3000 when nothing else is said. */
async function end(store: Store, runId: string, changes: Parameters<typeof advance>[2] = {}): Promise<void> {
  await store.advanceRun(advance(runId, 1, { run: RUNNING }));
  await store.advanceRun(advance(runId, 2, { run: SUCCEEDED, ...changes }));
}

async function idsOf(store: Store): Promise<readonly string[]> {
  const rows = await store.listRuns({ environment: KEY.environment, limit: 100 });
  return rows.map(({ id }) => id);
}

function child(id: string, parent: string): ReturnType<typeof newRun> {
  const trigger = { kind: "step", runId: parent, path: "part", attempt: 1, depth: 1, root: parent } as const;
  return newRun(id, { workflow: "part", trigger, triggerKey: `step:${parent}:part:1` });
}

function gated(lookbackMs: number): ReturnType<typeof step> {
  return step([{ signal: "table-updated", match: [], lookbackMs, timeoutMs: null }]);
}

function step(waitFor: readonly GateDefinition[]): StepDefinition {
  return {
    kind: "noop",
    id: "load",
    needs: [],
    require: "all_succeeded",
    if: null,
    retry: { errors: 0, platform: 0, timeouts: 0, delayMs: 0, backoff: "fixed", maxDelayMs: 0 },
    timeoutMs: null,
    outputs: {},
    emit: [],
    ignoreFailure: false,
    givenInputs: [],
    permits: [],
    waitFor,
    cache: null,
  };
}

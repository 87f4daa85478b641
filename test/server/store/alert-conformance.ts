import assert from "node:assert/strict";
import type { AlertRow } from "#server/store/alerts.js";
import { runEnded, runLate } from "#server/store/run-ended-signal.js";
import type { Store } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { activation, advance, deployment, KEY, newRun, newSignal, SUCCEEDED } from "./store-rows.js";
import { testWith } from "./with-store.js";

const START = { signalId: 0, deploymentKey: 0 };

/** What people are told, and how far what happened has become that. */
export function describeAlerts(create: StoreFactory): void {
  const test = testWith(create);

  test("listAlertSignals() answers ends of runs and late ones, and how far it has looked", async ({
    store,
  }) => {
    await store.recordSignal(newSignal("other"));
    await end(store, "a", 2);
    await store.recordSignal(newSignal("another"));
    const { signals, upTo } = await store.listAlertSignals(0, 10);
    assert.deepEqual(
      signals.map(({ key, status, runId }) => ({ key, status, runId })),
      [
        { key: "a/late", status: null, runId: "a" },
        { key: "a/ended/2", status: "succeeded", runId: "a" },
      ],
    );
    assert.equal(upTo, (signals.at(-1)?.id ?? 0) + 1);
    assert.deepEqual(await store.listAlertSignals(upTo, 10), { signals: [], upTo });
    assert.deepEqual((await store.listAlertSignals(0, 1)).signals, []);
  });

  test("recordAlerts() moves the cursor once, and keeps what is failing", async ({ store, reopen }) => {
    const record = {
      from: START,
      upTo: { signalId: 5, deploymentKey: 2 },
      failing: [KEY, { ...KEY, workflow: "other" }],
      recovered: [],
      alerts: [alert("one")],
      runs: [
        { alertId: "one", runId: "a" },
        { alertId: "one", runId: "b" },
      ],
    };
    assert.equal(await store.recordAlerts(record), true);
    assert.equal(await store.recordAlerts(record), false);
    const again = await reopen();
    assert.deepEqual(await again.readAlertCursor(), record.upTo);
    assert.deepEqual(await again.listFailingWorkflows(), record.failing);
    assert.deepEqual(await again.listAlerts({ limit: 10 }), [alert("one")]);
    assert.deepEqual(await again.listAlertsOfRun("b"), [alert("one")]);
    await again.recordAlerts({ ...NOTHING, from: record.upTo, upTo: record.upTo, recovered: [KEY] });
    assert.deepEqual(await again.listFailingWorkflows(), [{ ...KEY, workflow: "other" }]);
  });

  test("nothing is added to an alert that is being told", async ({ store }) => {
    await add(store, [alert("one")]);
    assert.equal(await add(store, [alert("one", { occasion: "late" })]), true);
    assert.equal((await store.listAlerts({ limit: 1 }))[0]?.occasion, "late");
    assert.equal(await store.beginAlert("one"), true);
    assert.equal(await add(store, [alert("one"), alert("two")]), false);
    assert.deepEqual(
      (await store.listLaneAlerts([alert("one")], 0)).map(({ id, tries, nextAt }) => ({ id, tries, nextAt })),
      [{ id: "one", tries: 1, nextAt: null }],
    );
  });

  test("listDueAlerts() answers the first of each lane, when its time has come", async ({ store }) => {
    await add(store, [
      alert("one", { nextAt: 50 }),
      alert("two"),
      alert("three", { to: "#others", nextAt: 20 }),
    ]);
    const due = async (now: number): Promise<readonly string[]> =>
      (await store.listDueAlerts(now, 10)).map(({ id }) => id);
    assert.deepEqual(await due(19), []);
    assert.equal(await store.nextAlertAt(), 20);
    assert.deepEqual(await due(50), ["three", "one"]);
    await store.beginAlert("three");
    assert.equal(await store.nextAlertAt(), 50);
    await store.endAlert("three", { state: "waiting", error: "it answered 500", nextAt: 90, at: 60 });
    await store.beginAlert("one");
    assert.deepEqual(await due(1000), ["three"]);
    await store.endAlert("one", { state: "told", at: 70 });
    assert.deepEqual(await due(1000), ["two", "three"]);
    await store.endAlert("two", { state: "given_up", error: "no such channel", at: 80 });
    assert.equal(await store.beginAlert("two"), false);
    assert.deepEqual(
      (await store.listAlerts({ limit: 10 })).map(({ id, state, tries, error, toldAt }) => [
        id,
        state,
        tries,
        error,
        toldAt,
      ]),
      [
        ["three", "waiting", 1, "it answered 500", null],
        ["two", "given_up", 0, "no such channel", null],
        ["one", "told", 1, null, 70],
      ],
    );
  });

  test("resumeAlerts() makes the tries due that a service has left", async ({ store, reopen }) => {
    await add(store, [alert("one")]);
    await store.beginAlert("one");
    const again = await reopen();
    assert.deepEqual(await again.listDueAlerts(1000, 10), []);
    await again.resumeAlerts(30);
    assert.deepEqual(
      (await again.listDueAlerts(30, 10)).map(({ id, tries }) => ({ id, tries })),
      [{ id: "one", tries: 1 }],
    );
  });

  test("listAlertingWorkflows() answers workflows that live and tell somebody", async ({ store }) => {
    const alerts = [{ on: ["failed"], slack: "#sales" }];
    await store.activateDeployment(
      activation(deployment("dep_1"), { daily: { alerts }, quiet: { version: "ver_2" } }),
    );
    const place = { project: KEY.project, environment: KEY.environment };
    assert.deepEqual(await store.listAlertingWorkflows(place), [{ ...KEY, alerts }]);
    assert.deepEqual(await store.listAlertingWorkflows(null), [{ ...KEY, alerts }]);
    assert.deepEqual(await store.listAlertingWorkflows({ ...place, environment: "staging" }), []);
    const [first] = await store.listDeploymentsAfter(0, 10);
    assert.equal(first?.deployment.id, "dep_1");
    assert.deepEqual(await store.listDeploymentsAfter(first.key, 10), []);
  });

  test("pruneAlerts() keeps what waits, and pruneSignals() what has become no alert yet", async ({
    store,
  }) => {
    await add(store, [alert("one"), alert("two"), alert("three", { createdAt: 500 })]);
    for (const id of ["one", "three"]) await store.endAlert(id, { state: "told", at: 20 });
    assert.equal(await store.pruneAlerts(400, 10), 1);
    assert.deepEqual(
      (await store.listAlerts({ limit: 10 })).map(({ id }) => id),
      ["three", "two"],
    );
    await end(store, "a", 1);
    const { upTo } = await store.listAlertSignals(0, 10);
    await store.matchSignals(upTo, { runs: [], joined: [] });
    const prune = { before: 1_000_000, limit: 10 };
    assert.equal((await store.pruneSignals(prune)).pruned, 0);
    await store.recordAlerts({ ...NOTHING, from: START, upTo: { signalId: upTo, deploymentKey: 0 } });
    assert.equal((await store.pruneSignals(prune)).pruned, 2);
  });
}

const NOTHING = { failing: [], recovered: [], alerts: [], runs: [] };

function add(store: Store, alerts: readonly AlertRow[]): Promise<boolean> {
  return store.recordAlerts({ ...NOTHING, from: START, upTo: START, alerts });
}

async function end(store: Store, id: string, attempt: number): Promise<void> {
  await store.createRuns([newRun(id)]);
  const run = { ...KEY, id, attempt };
  const signals = [runLate(run, { dueAt: 100, at: 150 }), runEnded(run, { status: "succeeded", at: 200 })];
  await store.advanceRun(advance(id, 1, { run: SUCCEEDED, signals }));
}

function alert(id: string, changes: Partial<AlertRow> = {}): AlertRow {
  return {
    id,
    ...KEY,
    channel: "slack",
    to: "#sales",
    occasion: "failed",
    happened: { failed: { count: 2, at: 9, run: null, deployment: null } },
    createdAt: 10,
    state: "waiting",
    tries: 0,
    nextAt: 10,
    error: null,
    toldAt: null,
    ...changes,
  };
}

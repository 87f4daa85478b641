import assert from "node:assert/strict";
import type { Json, JoinTrigger, SignalMatch, Trigger } from "@headwater/workflow";
import { joinIdOf } from "#server/store/join-id.js";
import { runEndedSignal } from "#server/store/run-ended-signal.js";
import type { RunTrigger } from "#server/store/run-trigger.js";
import type { JoinKey, ScheduleFire, SignalQuery, WaitingSignals } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { KEY, activation, deployment, newRun, newSignal, schedule, scheduleTrigger } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** Schedules and signals. */
export function describeTriggerRows(create: StoreFactory): void {
  const test = testWith(create);

  test("listSignals() pages through the signals of one name since an instant, in the order of their times", async ({
    store,
  }) => {
    for (const [key, at] of [
      ["a", 30],
      ["b", 10],
      ["c", 20],
      ["d", 20],
      ["e", 5],
    ] as const) {
      await store.recordSignal(newSignal(key, { at, params: { key } }));
    }
    await store.recordSignal(newSignal("other", { signal: "other", at: 20 }));
    const query = { signal: "table-updated", environment: "production", since: 10, limit: 2 };
    const first = await store.listSignals(query);
    const last = first.at(-1);
    assert.ok(last !== undefined);
    const second = await store.listSignals({ ...query, after: last });
    assert.deepEqual(
      [...first, ...second].map(({ params }) => params["key"]),
      ["b", "c", "d", "a"],
    );
  });

  test("listSignals() answers of what it looks at those that meet what must be equal, and the last", async ({
    store,
  }) => {
    const days = [1, "1", true, null, "x'$.\"y", { month: 1 }, [1], 2, undefined, 1.5];
    for (const [at, day] of days.entries()) {
      const params = day === undefined ? {} : { day, rows: at };
      await store.recordSignal(newSignal(`s${at}`, { at, params }));
    }
    const query = { signal: "table-updated", environment: "production", since: 0, limit: 100 };
    const seen = async (matches: SignalQuery["matches"], limit = 100): Promise<readonly number[]> =>
      (await store.listSignals({ ...query, limit, ...(matches === undefined ? {} : { matches }) })).map(
        ({ at }) => at,
      );
    const day = (value: Json): SignalMatch => ({ param: "day", operator: "eq", value });
    const end = days.length - 1;
    assert.equal((await seen(undefined)).length, days.length);
    // SQLite takes true for 1: whoever reads asks again.
    assert.deepEqual(await seen([[day(1)]]), [0, 2, end]);
    assert.deepEqual(await seen([[day("1")]]), [1, end]);
    assert.deepEqual(await seen([[day("x'$.\"y")]]), [4, end]);
    assert.deepEqual(await seen([[day("1"), { param: "rows", operator: "eq", value: 2 }]]), [end]);
    assert.deepEqual(await seen([[day("1")], [day(2)]]), [1, 7, end]);
    assert.deepEqual(await seen([[{ param: "day", operator: "in", value: [2, "1", 7] }]]), [1, 7, end]);
    assert.deepEqual(await seen([[{ param: "day", operator: "gte", value: 2 }]], 3), [0, 1, 2]);
    assert.deepEqual(await seen([[day(2)]], 3), [2]);
    for (const whole of [null, { month: 1 }, [1]])
      assert.ok((await seen([[day(whole)]])).length < days.length);
    assert.ok((await seen([[day({ month: 1 })]])).includes(5));
    assert.ok((await seen([[day(null)]])).includes(3));
    assert.deepEqual(await seen([]), [end]);
  });

  test("listDueSchedules() answers what is due, the longest first, and nextScheduleAt() the earliest", async ({
    store,
  }) => {
    assert.equal(await store.nextScheduleAt(), null);
    await store.activateDeployment(
      activation(deployment("d1"), {
        daily: {
          schedules: [schedule("s1", 300), schedule("s2", 100), schedule("s3", null), schedule("s4", 900)],
        },
      }),
    );
    assert.equal(await store.nextScheduleAt(), 100);
    assert.deepEqual(
      (await store.listDueSchedules(300, 10)).map(({ id }) => id),
      ["s2", "s1"],
    );
    assert.deepEqual(
      (await store.listDueSchedules(300, 1)).map(({ id }) => id),
      ["s2"],
    );
    assert.deepEqual(await store.listDueSchedules(99, 10), []);
    const [first] = await store.listDueSchedules(900, 1);
    assert.deepEqual(
      (await store.listDueSchedules(900, 10, first)).map(({ id }) => id),
      ["s1", "s4"],
    );
    assert.deepEqual(await store.listDueSchedules(100, 10, first), []);
    const listed = await store.listSchedules(KEY);
    assert.deepEqual(
      listed.find(({ id }) => id === "s1"),
      { ...schedule("s1", 300), ...KEY },
    );
    assert.equal(listed.length, 4);
  });

  test("listDueSchedules() and nextScheduleAt() leave paused workflows out, and say when they were resumed", async ({
    store,
  }) => {
    await store.activateDeployment(
      activation(deployment("d1"), {
        daily: { schedules: [schedule("s1", 100)] },
        hourly: { schedules: [schedule("s2", 200)] },
      }),
    );
    await store.pauseWorkflow({ ...KEY, by: "ann", reason: "", at: 90 });
    const elsewhere = { ...KEY, workflow: "hourly", environment: "staging" };
    await store.pauseWorkflow({ ...elsewhere, by: "ann", reason: "", at: 90 });
    assert.equal(await store.nextScheduleAt(), 200);
    assert.deepEqual(
      (await store.listDueSchedules(300, 10)).map(({ id, resumedAt }) => [id, resumedAt]),
      [["s2", null]],
    );
    await store.resumeWorkflow({ ...KEY, by: "bob", reason: "", at: 250 });
    assert.equal(await store.nextScheduleAt(), 100);
    assert.deepEqual(
      (await store.listDueSchedules(300, 10)).map(({ id, resumedAt }) => [id, resumedAt]),
      [
        ["s1", 250],
        ["s2", null],
      ],
    );
  });

  test("fireSchedules() moves schedules and creates runs, and drops a fire whose schedule has moved", async ({
    store,
  }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { schedules: [schedule("s1", 100), schedule("s2", 100)] } }),
    );
    assert.deepEqual(
      (await store.fireSchedules([fire("s1", 100, "a"), fire("s1", 100, "b")])).map(({ id }) => id),
      ["a"],
    );
    assert.deepEqual(
      (await store.fireSchedules([fire("s1", 100, "c"), fire("s2", 100, "d")])).map(({ id }) => id),
      ["d"],
    );
    assert.deepEqual(await store.fireSchedules([fire("gone", 100, "e")]), []);
    assert.deepEqual(
      (await store.listRuns({ limit: 9 })).map(({ id }) => id),
      ["d", "a"],
    );
    assert.equal(await store.nextScheduleAt(), 200);
  });

  test("fireSchedules() drops a fire whose workflow a deployment has given another version, or removed", async ({
    store,
  }) => {
    const schedules = [schedule("s1", 100)];
    await store.activateDeployment(activation(deployment("d1"), { daily: { schedules } }));
    assert.deepEqual(
      (await store.listDueSchedules(300, 10)).map(({ versionId }) => versionId),
      ["ver_1"],
    );
    await store.activateDeployment(activation(deployment("d2"), { daily: { schedules, version: "ver_2" } }));
    assert.deepEqual(await store.fireSchedules([fire("s1", 100, "a")]), []);
    assert.deepEqual(
      (await store.listDueSchedules(300, 10)).map(({ versionId, nextSlotAt }) => [versionId, nextSlotAt]),
      [["ver_2", 100]],
    );
    const again = { ...fire("s1", 100, "b"), versionId: "ver_2" };
    assert.deepEqual(
      (await store.fireSchedules([again])).map(({ id }) => id),
      ["b"],
    );
    await store.activateDeployment(activation(deployment("d3"), {}, ["daily"]));
    assert.deepEqual(await store.fireSchedules([{ ...fire("s1", 200, "c"), versionId: "ver_2" }]), []);
  });

  test("fireSchedules() ends a schedule that never fires again", async ({ store }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { schedules: [schedule("s1", 100)] } }),
    );
    await store.fireSchedules([{ ...fire("s1", 100, "a"), nextSlotAt: null, nextAt: null }]);
    assert.equal(await store.nextScheduleAt(), null);
  });

  test("an activation keeps the next slot of a schedule that was there, and deletes those that are gone", async ({
    store,
  }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { schedules: [schedule("s1", 100), schedule("s2", 50)] } }),
    );
    await store.fireSchedules([fire("s1", 100, "a")]);
    await store.activateDeployment(
      activation(deployment("d2"), { daily: { schedules: [schedule("s1", 150), schedule("s3", 400)] } }),
    );
    assert.deepEqual(
      (await store.listSchedules(KEY)).map(({ id, nextAt }) => `${id} ${nextAt}`),
      ["s1 200", "s3 400"],
    );
  });

  test("an activation takes the changed trigger of a schedule that was there, and starts its slot by the new jitter", async ({
    store,
  }) => {
    const before = { ...schedule("s1", 100, scheduleTrigger({ jitterMs: 50 })), nextAt: 140 };
    await store.activateDeployment(activation(deployment("d1"), { daily: { schedules: [before] } }));
    const trigger = scheduleTrigger({
      jitterMs: 9,
      missed: "all",
      params: { a: { kind: "literal", value: 1 } },
    });
    const after = { ...schedule("s1", 700, trigger), nextAt: 705 };
    await store.activateDeployment(
      activation(deployment("d2", { endedAt: 50 }), { daily: { schedules: [after] } }),
    );
    assert.deepEqual(await store.listSchedules(KEY), [{ ...after, ...KEY, nextSlotAt: 100, nextAt: 105 }]);
  });

  test("an activation keeps the slot that is pending when the schedule has none after it", async ({
    store,
  }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { schedules: [schedule("s1", 100)] } }),
    );
    const over = schedule("s1", null, scheduleTrigger({ jitterMs: 9 }));
    await store.activateDeployment(
      activation(deployment("d2", { endedAt: 50 }), { daily: { schedules: [over] } }),
    );
    assert.deepEqual(
      (await store.listSchedules(KEY)).map(({ nextSlotAt, nextAt }) => [nextSlotAt, nextAt]),
      [[100, 100]],
    );
  });

  test("recordSignal() answers the first id again for a repeated key", async ({ store }) => {
    const { id: first } = await store.recordSignal(newSignal("k1"));
    const { id: second, isNew } = await store.recordSignal(
      newSignal("k2", { runId: "run", params: { nested: { a: [1] } } }),
    );
    assert.ok(second > first && isNew);
    const again = [newSignal("k1", { params: {} }), newSignal("k1"), newSignal("k1")];
    assert.deepEqual(
      await Promise.all(again.map((signal) => store.recordSignal(signal))),
      again.map(() => ({ id: first, isNew: false })),
    );
    assert.deepEqual(await store.listUnmatchedSignals(10), [
      { ...newSignal("k1"), id: first, depth: 0, root: null, rootRuns: 0 },
      {
        ...newSignal("k2", { runId: "run", params: { nested: { a: [1] } } }),
        id: second,
        depth: 1,
        root: "run",
        rootRuns: 0,
      },
    ]);
    assert.equal((await store.listUnmatchedSignals(1)).length, 1);
  });

  test("a signal is one deeper than the run that emitted it", async ({ store }) => {
    const trigger = { kind: "workflow", workflow: "daily", runId: "first", depth: 6, root: "first" } as const;
    await store.createRuns([newRun("first"), newRun("later", { trigger })]);
    for (const runId of [null, "first", "later"])
      await store.recordSignal(newSignal(`of ${runId}`, { runId }));
    assert.deepEqual(
      (await store.listUnmatchedSignals(10)).map(({ depth }) => depth),
      [0, 1, 7],
    );
  });

  test("a run that is created as failed records its end, once", async ({ store }) => {
    const failed = newRun("a", { triggerKey: "slot", failedReason: "no date" });
    await store.createRuns([failed, newRun("b")]);
    await store.createRuns([failed]);
    assert.deepEqual(
      (await store.listUnmatchedSignals(10)).map(({ key, signal, params, runId, at }) => ({
        key,
        signal,
        params,
        runId,
        at,
      })),
      [
        {
          key: "a/ended",
          signal: runEndedSignal(KEY),
          params: { status: "failed" },
          runId: "a",
          at: failed.createdAt,
        },
      ],
    );
  });

  test("matchSignals() creates the runs once, and leaves later signals", async ({ store, reopen }) => {
    const { id: first } = await store.recordSignal(newSignal("k1"));
    await store.recordSignal(newSignal("k2"));
    assert.deepEqual(
      (await store.matchSignals(first, { runs: [newRun("a")], joined: [] })).runs.map(({ id }) => id),
      ["a"],
    );
    assert.deepEqual(await store.matchSignals(first, { runs: [newRun("b")], joined: [waiting("k", {})] }), {
      isOutdated: false,
      runs: [],
      forgotten: [],
    });
    const again = await reopen();
    assert.deepEqual(
      (await again.listUnmatchedSignals(10)).map(({ key }) => key),
      ["k2"],
    );
    assert.deepEqual(
      (await again.listRuns({ limit: 9 })).map(({ id }) => id),
      ["a"],
    );
  });

  test("a signal knows the run at the root of its chain, and how many that one has set going", async ({
    store,
  }) => {
    const chained = (runId: string, depth: number): Chained => ({
      kind: "workflow",
      workflow: "daily",
      runId,
      depth,
      root: "first",
    });
    await store.createRuns([newRun("first"), newRun("second", { trigger: chained("first", 1) })]);
    await store.createRuns([
      newRun("third", { trigger: chained("second", 2) }),
      newRun("other", { trigger: { ...chained("second", 2), root: null } }),
    ]);
    for (const runId of [null, "first", "third", "other"])
      await store.recordSignal(newSignal(`of ${runId}`, { runId }));
    assert.deepEqual(
      (await store.listUnmatchedSignals(10)).map(({ depth, root, rootRuns }) => [depth, root, rootRuns]),
      [
        [0, null, 0],
        [1, "first", 2],
        [3, "first", 2],
        [3, "other", 0],
      ],
    );
  });

  test("matchSignals() keeps what waits for other signals, until a run uses it", async ({
    store,
    reopen,
  }) => {
    const { id: first } = await store.recordSignal(newSignal("k1"));
    const { id: second } = await store.recordSignal(newSignal("k2"));
    await store.matchSignals(first, { runs: [], joined: [waiting("mon", { orders: first })] });
    await store.matchSignals(second, {
      runs: [],
      joined: [waiting("mon", { orders: second }), waiting("tue", { orders: first, rates: second })],
    });
    const again = await reopen();
    const kept = async (key: string): Promise<readonly string[]> =>
      (await again.listJoinedSignals([joinKey(key)]))
        .map(({ name, signal }) => `${name} ${signal.key} ${JSON.stringify(signal.params)}`)
        .sort();
    assert.deepEqual(await kept("mon"), ['orders k2 {"rows":3}']);
    assert.deepEqual(await kept("tue"), ['orders k1 {"rows":3}', 'rates k2 {"rows":3}']);
    assert.deepEqual(await kept("wed"), []);
    const { id: third } = await again.recordSignal(newSignal("k3"));
    await again.matchSignals(third, { runs: [], joined: [waiting("tue", {})] });
    assert.deepEqual(await kept("tue"), []);
  });

  test("matchSignals() forgets the longest waiting beyond 10,000 of a trigger, and says how many", async ({
    store,
  }) => {
    const { id: first } = await store.recordSignal(newSignal("k1"));
    const { id: second } = await store.recordSignal(newSignal("k2"));
    const many = Array.from({ length: 10_000 }, (_, index) => waiting(`key ${index}`, { orders: second }));
    const { forgotten } = await store.matchSignals(second, {
      runs: [],
      joined: [waiting("oldest", { orders: first }), ...many],
    });
    assert.deepEqual(forgotten, [{ ...KEY, keys: 1 }]);
    assert.deepEqual(await store.listJoinedSignals([joinKey("oldest")]), []);
    assert.equal((await store.listJoinedSignals([joinKey("key 9999")])).length, 1);
  });

  test("an activation keeps what waits for a trigger that stays, and drops it with the trigger", async ({
    store,
  }) => {
    const trigger = joinTrigger(["date"]);
    const key = { ...KEY, joinId: joinIdOf(trigger), key: "mon" };
    const deploy = (id: string, triggers: readonly Trigger[]): Promise<void> =>
      store.activateDeployment(activation(deployment(id), { daily: { version: id, triggers } }));
    await deploy("d1", [trigger]);
    const { id: first } = await store.recordSignal(newSignal("k1"));
    await store.matchSignals(first, { runs: [], joined: [{ ...key, signals: { orders: first } }] });
    await deploy("d2", [{ ...trigger, withinMs: 5, if: "true" }]);
    assert.equal((await store.listJoinedSignals([key])).length, 1);
    await deploy("d3", [joinTrigger(["hour"])]);
    assert.deepEqual(await store.listJoinedSignals([key]), []);
  });

  test("removeRepository() drops what waits for its triggers, so that nothing old completes one later", async ({
    store,
  }) => {
    const trigger = joinTrigger(["date"]);
    const own: JoinKey = { ...KEY, joinId: joinIdOf(trigger), key: "mon" };
    const other: JoinKey = { ...own, project: "ads" };
    const deploy = (id: string, changes: Pick<JoinKey, "project"> & { readonly repositoryId: string }) =>
      store.activateDeployment(
        activation({ ...deployment(id), ...changes }, { daily: { version: id, triggers: [trigger] } }),
      );
    await deploy("d1", { project: own.project, repositoryId: "repo_1" });
    await deploy("d2", { project: other.project, repositoryId: "repo_2" });
    const { id: first } = await store.recordSignal(newSignal("k1"));
    const joined = [own, other].map((key) => ({ ...key, signals: { orders: first } }));
    await store.matchSignals(first, { runs: [], joined });
    await store.removeRepository("repo_1");
    await deploy("d3", { project: own.project, repositoryId: "repo_3" });
    assert.deepEqual(await store.listJoinedSignals([own]), []);
    assert.equal((await store.listJoinedSignals([other])).length, 1);
  });
}

type Chained = Extract<RunTrigger, { readonly kind: "workflow" }>;

function joinKey(key: string): JoinKey {
  return { ...KEY, joinId: "join", key };
}

function waiting(key: string, signals: WaitingSignals["signals"]): WaitingSignals {
  return { ...joinKey(key), signals };
}

/** Waits for orders and rates. */
export function joinTrigger(join: readonly string[]): JoinTrigger {
  const on = (table: string): JoinTrigger["signals"][number] => ({
    name: table,
    signal: "updated",
    match: [{ param: "table", operator: "eq", value: table }],
  });
  const signals = [on("orders"), on("rates")];
  return { kind: "all", signals, join, withinMs: null, if: null, dedupe: null, params: {} };
}

/** Of a schedule of `daily`, a run for the slot and the next one 100 later. */
export function fire(scheduleId: string, expectedSlotAt: number, runId: string): ScheduleFire {
  const nextAt = expectedSlotAt + 100;
  const runs = [newRun(runId)];
  return { scheduleId, pastKey: null, expectedSlotAt, versionId: "ver_1", nextSlotAt: nextAt, nextAt, runs };
}

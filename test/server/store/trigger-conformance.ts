import assert from "node:assert/strict";
import { runEndedSignal } from "#server/store/run-ended-signal.js";
import type { ScheduleFire } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import {
  KEY,
  activation,
  deployment,
  newRun,
  newSignal,
  schedule,
  scheduleTrigger,
  signalTrigger,
} from "./store-rows.js";
import { testWith } from "./with-store.js";

/** Schedules and signals. */
export function describeTriggerRows(create: StoreFactory): void {
  const test = testWith(create);

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
    const listed = await store.listSchedules(KEY);
    assert.deepEqual(
      listed.find(({ id }) => id === "s1"),
      { ...schedule("s1", 300), ...KEY },
    );
    assert.equal(listed.length, 4);
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
    await store.activateDeployment(activation(deployment("d2"), { daily: { schedules: [after] } }));
    assert.deepEqual(await store.listSchedules(KEY), [{ ...after, ...KEY, nextSlotAt: 100, nextAt: 105 }]);
  });

  test("an activation keeps the slot that is pending when the schedule has none after it", async ({
    store,
  }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { schedules: [schedule("s1", 100)] } }),
    );
    const over = schedule("s1", null, scheduleTrigger({ jitterMs: 9 }));
    await store.activateDeployment(activation(deployment("d2"), { daily: { schedules: [over] } }));
    assert.deepEqual(
      (await store.listSchedules(KEY)).map(({ nextSlotAt, nextAt }) => [nextSlotAt, nextAt]),
      [[100, 100]],
    );
  });

  test("recordSignal() answers the first id again for a repeated key", async ({ store }) => {
    const first = await store.recordSignal(newSignal("k1"));
    const second = await store.recordSignal(
      newSignal("k2", { runId: "run", params: { nested: { a: [1] } } }),
    );
    assert.ok(second > first);
    assert.equal(await store.recordSignal(newSignal("k1", { params: {} })), first);
    assert.deepEqual(await store.listUnmatchedSignals(10), [
      { ...newSignal("k1"), id: first, depth: 0 },
      { ...newSignal("k2", { runId: "run", params: { nested: { a: [1] } } }), id: second, depth: 1 },
    ]);
    assert.equal((await store.listUnmatchedSignals(1)).length, 1);
  });

  test("a signal is one deeper than the run that emitted it", async ({ store }) => {
    const trigger = { kind: "workflow", workflow: "daily", runId: "first", depth: 6 } as const;
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
    const first = await store.recordSignal(newSignal("k1"));
    await store.recordSignal(newSignal("k2"));
    assert.deepEqual(
      (await store.matchSignals(first, [newRun("a")])).map(({ id }) => id),
      ["a"],
    );
    assert.deepEqual(await store.matchSignals(first, [newRun("b")]), []);
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

  test("listSignalListeners() answers who waits for the end of another workflow's runs", async ({
    store,
  }) => {
    const after = { kind: "workflow", workflow: "daily", on: "succeeded", params: {} } as const;
    await store.activateDeployment(
      activation(deployment("d1"), {
        daily: { version: "v1" },
        report: { version: "v2", triggers: [after] },
      }),
    );
    assert.deepEqual(
      (await store.listSignalListeners(runEndedSignal(KEY))).map(({ workflow }) => workflow),
      ["report"],
    );
    assert.deepEqual(await store.listSignalListeners(runEndedSignal({ ...KEY, environment: "staging" })), []);
  });

  test("listSignalListeners() answers live workflows only, and none where triggers are off", async ({
    store,
  }) => {
    const listening = {
      triggers: [signalTrigger("orders"), signalTrigger("orders"), signalTrigger("rates")],
    };
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { ...listening, version: "v1" }, hourly: { version: "v2" } }),
    );
    assert.deepEqual(
      (await store.listSignalListeners("orders")).map(({ workflow }) => workflow),
      ["daily"],
    );
    assert.deepEqual(await store.listSignalListeners("nothing"), []);
    const off = activation(deployment("d2", { environment: "staging" }), {
      daily: { ...listening, version: "v1" },
    });
    const settings = { ...off.settings, environments: { staging: { branch: "develop", triggers: false } } };
    await store.activateDeployment({ ...off, settings });
    assert.deepEqual(
      (await store.listSignalListeners("orders")).map(({ environment }) => environment),
      ["production"],
    );
    await store.activateDeployment(activation(deployment("d3"), { hourly: { version: "v2" } }, ["daily"]));
    assert.deepEqual(await store.listSignalListeners("orders"), []);
  });
}

function fire(scheduleId: string, expectedSlotAt: number, runId: string): ScheduleFire {
  const nextAt = expectedSlotAt + 100;
  return { scheduleId, expectedSlotAt, nextSlotAt: nextAt, nextAt, runs: [newRun(runId)] };
}

import assert from "node:assert/strict";
import type { SignalHistoryQuery } from "#server/store/signal-history.js";
import type { StoreFactory } from "./store-conformance.js";
import { activation, deployment, KEY, newSignal, schedule, scheduleTrigger } from "./store-rows.js";
import { fire } from "./trigger-conformance.js";
import { testWith } from "./with-store.js";

/** Signals that have come, and schedules that are gone. */
export function describePastTriggerRows(create: StoreFactory): void {
  const test = testWith(create);

  test("listSignalHistory() pages back through the signals of all names but the ends of runs, or of one", async ({
    store,
  }) => {
    for (const [key, at] of [
      ["a", 30],
      ["b", 10],
      ["c", 20],
      ["d", 20],
    ] as const) {
      await store.recordSignal(newSignal(key, { at, signal: key === "d" ? "other" : "updated" }));
    }
    await store.recordSignal(newSignal("end", { at: 40, signal: "headwater/run-ended/p/e/w" }));
    const keys = async (query: SignalHistoryQuery): Promise<string> =>
      (await store.listSignalHistory(query)).map(({ key }) => key).join("");
    const [, second] = await store.listSignalHistory({ limit: 2 });
    assert.ok(second !== undefined);
    assert.equal(await keys({ limit: 2 }), "ad");
    assert.equal(await keys({ limit: 2, before: second }), "cb");
    assert.equal(await keys({ limit: 9, signal: "updated" }), "acb");
    assert.equal(await keys({ limit: 9, since: 20, until: 30 }), "dc");
    await store.matchSignals(1, { runs: [], joined: [] });
    assert.deepEqual(await store.listSignalHistory({ limit: 2 }), [
      { ...newSignal("a", { at: 30, signal: "updated" }), id: 1, isMatched: true },
      { ...newSignal("d", { at: 20, signal: "other" }), id: 4, isMatched: false },
    ]);
  });

  test("an activation keeps a changed schedule whose slot had come, as it was, for that slot", async ({
    store,
  }) => {
    const trigger = scheduleTrigger({ jitterMs: 9 });
    const schedules = [schedule("s1", 100), schedule("s2", 300), schedule("s3", 100)];
    await store.activateDeployment(activation(deployment("d1", { endedAt: 50 }), { daily: { schedules } }));
    const changed = [schedule("s1", 400, trigger), schedule("s2", 400, trigger)];
    await store.activateDeployment(
      activation(deployment("d2", { endedAt: 200, commit: "later" }), {
        daily: { schedules: changed, version: "ver_2" },
      }),
    );
    assert.deepEqual(
      (await store.listSchedules(KEY)).map(({ id, nextSlotAt }) => [id, nextSlotAt]),
      [
        ["s2", 300],
        ["s1", 400],
      ],
    );
    const due = await store.listDueSchedules(250, 10);
    assert.deepEqual(
      due.map(({ id, versionId, past, trigger: { jitterMs } }) => [
        id,
        versionId,
        past?.until,
        past?.commit,
        jitterMs,
      ]),
      [
        ["s1", "ver_1", 200, "c0ffee", 0],
        ["s3", "ver_1", 200, "c0ffee", 0],
      ],
    );
    assert.equal(await store.nextScheduleAt(), 100);
    const pastKey = due[0]?.past?.key ?? null;
    const moved = { ...fire("s1", 100, "a"), pastKey, nextSlotAt: 150, nextAt: 150 };
    const last = { ...fire("s1", 150, "b"), pastKey, nextSlotAt: null, nextAt: null };
    const fired = await store.fireSchedules([moved, { ...moved, runs: [] }, last, last]);
    assert.deepEqual(
      fired.map(({ id }) => id),
      ["a", "b"],
    );
    assert.deepEqual(
      (await store.listDueSchedules(250, 10)).map(({ id }) => id),
      ["s3"],
    );
    await store.activateDeployment(activation(deployment("d3", { endedAt: 260 }), {}, ["daily"]));
    assert.deepEqual(await store.listDueSchedules(900, 10), []);
  });
}

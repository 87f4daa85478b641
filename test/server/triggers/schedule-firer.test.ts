import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { createEvaluator, createScheduleReader } from "@headwater/workflow";
import { systemIds } from "#server/ids.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { Activation, Store } from "#server/store/store.js";
import { ScheduleFirer } from "#server/triggers/schedule-firer.js";
import { ManualClock } from "#test/server/manual-clock.js";
import { activation, deployment, KEY, schedule, scheduleTrigger } from "#test/server/store/store-rows.js";

const MINUTE = 60_000;

/** Paused from minute 1.5 on, resumed at minute 4.5. */
const MISSED = [
  { missed: "none", slots: [1, 5] },
  { missed: "latest", slots: [1, 4, 5] },
  { missed: "all", slots: [1, 2, 3, 4, 5] },
] as const;

describe("ScheduleFirer", () => {
  for (const { missed, slots } of MISSED) {
    it(`fires nothing of a paused workflow, then makes up for ${missed} of the slots that it missed`, async () => {
      await withFirer(missed, async ({ store, clock, firer }) => {
        clock.advance(1.2 * MINUTE);
        await firer.fireNext();
        clock.advance(0.3 * MINUTE);
        await store.pauseWorkflow({ ...KEY, by: "ann", reason: "", at: clock.now() });
        clock.advance(2 * MINUTE);
        assert.deepEqual([await firer.fireNext(), await store.nextScheduleAt()], [null, null]);
        clock.advance(MINUTE);
        await store.resumeWorkflow({ ...KEY, by: "bob", reason: "", at: clock.now() });
        await firer.fireNext();
        clock.advance(MINUTE);
        await firer.fireNext();
        const runs = await store.listRuns({ limit: 9 });
        assert.deepEqual(runs.map(({ scheduledAt }) => scheduledAt / MINUTE).reverse(), slots);
      });
    });
  }

  it("starts a run by the trigger and the version of one deployment, though others come while its slot fires", async () => {
    await withFirer("latest", async ({ store, clock }) => {
      await store.activateDeployment(deploymentOf("d2", "v1", "mode"));
      const coming = [deploymentOf("d3", "v2", "kind"), deploymentOf("d4", "v1", "mode")];
      const listDueSchedules: Store["listDueSchedules"] = async (...query) => {
        const due = await store.listDueSchedules(...query);
        const next = coming.shift();
        if (next !== undefined) await store.activateDeployment(next);
        return due;
      };
      const firer = firerOf({ ...store, listDueSchedules }, clock);
      clock.advance(1.2 * MINUTE);
      for (let left = coming.length; left > 0; left -= 1) {
        assert.deepEqual(await firer.fireNext(), { hasEnded: false });
        assert.deepEqual(await store.listRuns({ limit: 9 }), []);
        assert.equal(await store.nextScheduleAt(), MINUTE);
      }
      await firer.fireNext();
      const runs = await store.listRuns({ limit: 9 });
      assert.deepEqual(
        runs.map(({ versionId, params, status }) => ({ versionId, params, status })),
        [{ versionId: "v1", params: { mode: "full" }, status: "queued" }],
      );
      assert.equal(await store.nextScheduleAt(), 2 * MINUTE);
    });
  });
});

interface FirerWorld {
  readonly store: ReturnType<typeof createSqliteStore>;
  readonly clock: ManualClock;
  readonly firer: ScheduleFirer;
}

/** A workflow that a schedule starts every minute, with the service up since minute 0. */
async function withFirer(
  missed: "none" | "latest" | "all",
  body: (world: FirerWorld) => Promise<void>,
): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-firer-"));
  const clock = new ManualClock(0);
  const store = createSqliteStore({ dataFolder, clock });
  await store.start();
  const trigger = scheduleTrigger({ schedule: "every 1m", timezone: "UTC", missed });
  const schedules = [schedule("s1", MINUTE, trigger)];
  await store.activateDeployment(activation(deployment("d1"), { daily: { schedules } }));
  const firer = firerOf(store, clock);
  try {
    await body({ store, clock, firer });
  } finally {
    await store.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

function firerOf(store: Store, clock: ManualClock): ScheduleFirer {
  return new ScheduleFirer({
    store,
    clock,
    runs: { adopt: () => undefined, hear: () => undefined },
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    evaluator: createEvaluator(),
    scheduleReader: createScheduleReader(),
  });
}

/** The version has one param, which its trigger sets. */
function deploymentOf(id: string, version: string, param: string): Activation {
  const params = { [param]: { kind: "literal", value: "full" } } as const;
  const trigger = scheduleTrigger({ schedule: "every 1m", timezone: "UTC", params });
  return activation(deployment(id), {
    daily: {
      version,
      schedules: [schedule("s1", MINUTE, trigger)],
      params: [{ name: param, type: { name: "string" } }],
    },
  });
}

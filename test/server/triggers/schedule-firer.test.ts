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

/** Down from minute 0 to minute 6.5; at minute 3.5 "every 2m" has taken the place of "every 1m". */
const CHANGED_AFTER_AN_OUTAGE = [
  { missed: "none", slots: [] },
  { missed: "latest", slots: [3, 6] },
  { missed: "all", slots: [1, 2, 3, 4, 6] },
] as const;

/** By how many minutes, one after the other. */
const CLOCK_JUMPS = [
  ["an hour ahead", [1.5, 60, 1]],
  ["an hour back, across slots that have fired", [90.5, -60, 30, 31, 1]],
  ["ahead and back again", [1.5, 60, -60, 1, 59, 1]],
  ["back by seconds, across one slot", [2.1, -0.2, 0.2, 1]],
] as const;

/** So many schedules of each of two workflows have come, one a minute. */
const BACKLOG = [...Array(600).keys()];

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

  for (const { missed, slots } of CHANGED_AFTER_AN_OUTAGE) {
    it(`judges slots by the schedule of their time when another is deployed after an outage, making up for ${missed}`, async () => {
      await withFirer(missed, async ({ store, clock }) => {
        clock.advance(3.5 * MINUTE);
        const later = clock.now();
        const trigger = scheduleTrigger({ schedule: "every 2m", timezone: "UTC", missed });
        const schedules = [schedule("s2", 4 * MINUTE, trigger)];
        await store.activateDeployment(
          activation(deployment("d2", { endedAt: later, commit: "later" }), {
            daily: { schedules, version: "ver_2" },
          }),
        );
        clock.advance(3 * MINUTE);
        const firer = firerOf(store, clock);
        while ((await firer.fireNext()) !== null);
        const runs = [...(await store.listRuns({ limit: 9 }))].reverse();
        assert.deepEqual(
          runs.map(({ scheduledAt, versionId, commit }) => [scheduledAt / MINUTE, versionId, commit]),
          slots.map((slot) => (slot < 3.5 ? [slot, "ver_1", "c0ffee"] : [slot, "ver_2", "later"])),
        );
        assert.equal(await store.nextScheduleAt(), 8 * MINUTE);
      });
    });
  }

  for (const [name, jumps] of CLOCK_JUMPS) {
    it(`starts one run for each slot when the clock is set ${name}`, async () => {
      await withFirer("none", async ({ store, clock, firer }) => {
        for (const minutes of jumps) {
          clock.jump(minutes * MINUTE);
          while ((await firer.fireNext()) !== null);
        }
        const slots = (await store.listRuns({ limit: 200 })).map(({ scheduledAt }) => scheduledAt / MINUTE);
        const latest = Math.floor(Math.max(...jumps.map((_, index) => sumOf(jumps.slice(0, index + 1)))));
        assert.deepEqual(
          slots.reverse(),
          Array.from({ length: latest }, (_, index) => index + 1),
        );
      });
    });
  }

  it("takes no slot for missed that comes after the clock, which was ahead at the start, is set right", async () => {
    await withFirer("none", async ({ store, clock }) => {
      clock.jump(60 * MINUTE);
      const firer = firerOf(store, clock);
      clock.jump(-60 * MINUTE);
      for (const _minute of [1, 2, 3]) {
        clock.jump(MINUTE);
        await firer.fireNext();
      }
      const slots = (await store.listRuns({ limit: 9 })).map(({ scheduledAt }) => scheduledAt / MINUTE);
      assert.deepEqual(slots.reverse(), [1, 2, 3]);
    });
  });

  it("starts one run for each slot when two fire the same store at once", async () => {
    await withFirer("all", async ({ store, clock, firer }) => {
      const other = firerOf(store, clock);
      for (const _minute of [1, 2, 3]) {
        clock.jump(MINUTE);
        await Promise.all([firer.fireNext(), other.fireNext(), firer.fireNext()]);
      }
      const slots = (await store.listRuns({ limit: 9 })).map(({ scheduledAt }) => scheduledAt / MINUTE);
      assert.deepEqual(slots.reverse(), [1, 2, 3]);
    });
  });

  it("starts one run for each slot of a backlog of more than a round, those of a workflow in their order, also when one is deployed amid", async () => {
    await withFirer("latest", async ({ store, clock }) => {
      await store.activateDeployment(backlogOf("d2", "v1"));
      clock.advance(700 * MINUTE);
      const firer = firerOf(store, clock);
      await firer.fireNext();
      await store.activateDeployment(backlogOf("d3", "v2"));
      while ((await firer.fireNext()) !== null);
      for (const workflow of ["even", "odd"]) {
        const runs = await store.listRuns({ project: KEY.project, workflow, limit: 1000 });
        assert.deepEqual(
          runs.map(({ trigger }) => trigger.kind === "schedule" && trigger.slotAt / MINUTE).reverse(),
          BACKLOG.map((minute) => minute + 1),
        );
        assert.deepEqual(
          runs.map(({ number }) => number).reverse(),
          BACKLOG.map((minute) => minute + 1),
        );
      }
    });
  });

  it("finds what is due further on while a backlog is written, and starts one run for each slot of it", async () => {
    await withFirer("latest", async ({ store, clock }) => {
      const schedules = Array.from({ length: 10_500 }, (_, place) =>
        schedule(`m${place}`, MINUTE + (place % 7), scheduleTrigger({ schedule: "every 1d" })),
      );
      await store.activateDeployment(activation(deployment("d2"), { many: { version: "v2", schedules } }));
      const asked: (string | null)[] = [];
      const listDueSchedules: Store["listDueSchedules"] = (now, limit, after) => {
        asked.push(after?.id ?? null);
        return store.listDueSchedules(now, limit, after);
      };
      const firer = firerOf({ ...store, listDueSchedules }, clock);
      clock.advance(2 * MINUTE);
      while ((await firer.fireNext()) !== null);
      // All from the first, what is due after the tenth thousand, and all once more, of which there is none.
      assert.equal(asked.length, 3);
      assert.equal(asked.filter((after) => after !== null).length, 1);
      const [last] = await store.listRuns({ project: KEY.project, workflow: "many", limit: 1 });
      assert.equal(last?.number, 10_500);
    });
  });

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

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
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

/** Two workflows, by turns due. */
function backlogOf(id: string, version: string): Activation {
  const schedulesOf = (workflow: string) =>
    BACKLOG.map((minute) => {
      const trigger = scheduleTrigger({ schedule: "every 366d", startsAt: (minute + 1) * MINUTE });
      return schedule(`${workflow}-${minute}`, (minute + 1) * MINUTE, trigger);
    });
  return activation(deployment(id), {
    even: { version: `even-${version}`, schedules: schedulesOf("even") },
    odd: { version: `odd-${version}`, schedules: schedulesOf("odd") },
  });
}

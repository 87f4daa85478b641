import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createScheduleReader, type ScheduleReader } from "@headwater/workflow";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { nearestSlot, takeInTimeZones } from "#server/triggers/time-zone-changes.js";
import { ManualClock } from "#test/server/manual-clock.js";
import { temporaryFolder } from "#test/server/store/sqlite/sqlite-world.js";
import { activation, deployment, KEY, schedule, scheduleTrigger } from "#test/server/store/store-rows.js";

/** A slot of Prague's winter (UTC+1), and where it is when new data gives Prague the offset of another zone. */
const CASES = [
  [
    "a time of day moves with its zone",
    "0 6 * * *",
    "Europe/Helsinki",
    "2026-01-11T05:00Z",
    "2026-01-11T04:00Z",
  ],
  ["it moves the other way too", "0 6 * * *", "Atlantic/Reykjavik", "2026-01-11T05:00Z", "2026-01-11T06:00Z"],
  ["across midnight of UTC", "30 0 * * *", "Asia/Tokyo", "2026-01-10T23:30Z", "2026-01-10T15:30Z"],
  ["a week's slot stays in its week", "0 6 * * 1", "Asia/Kolkata", "2026-01-12T05:00Z", "2026-01-12T00:30Z"],
  ["by half an hour", "0 * * * *", "Asia/Kolkata", "2026-01-11T05:00Z", "2026-01-11T05:30Z"],
  ["every hour stays where it is", "0 * * * *", "Europe/Helsinki", "2026-01-11T05:00Z", "2026-01-11T05:00Z"],
  ["elapsed time knows no zones", "every 7m", "Asia/Kolkata", "2026-01-11T05:06Z", "2026-01-11T05:06Z"],
] as const;

describe("time zone data that changes", () => {
  for (const [name, cron, zone, before, after] of CASES) {
    it(`moves the next slot to its own place: ${name}`, () => {
      const trigger = scheduleTrigger({ schedule: cron, timezone: "Europe/Prague" });
      const slot = cron.startsWith("every") ? everySlot(before) : Date.parse(before);
      assert.equal(createScheduleReader().nextFire(trigger, slot - 1), slot);
      const expected = cron.startsWith("every") ? slot : Date.parse(after);
      assert.equal(nearestSlot(withOffsetOf(zone), trigger, slot), expected);
    });
  }

  it("moves a slot that rules of cron have taken away to the next one that they have", () => {
    const trigger = scheduleTrigger({ schedule: "0 0 */2 * 5", timezone: "UTC" });
    const oddSunday = Date.parse("2026-11-15T00:00Z");
    assert.equal(nearestSlot(createScheduleReader(), trigger, oddSunday), Date.parse("2026-11-27T00:00Z"));
  });

  it("is taken in once, whenever the service that has it starts, with the jitter of each schedule", async () => {
    const folder = temporaryFolder();
    const store = createSqliteStore({ dataFolder: folder.path, clock: new ManualClock(0) });
    await store.start();
    const slot = Date.parse("2026-01-11T05:00Z");
    const schedules = [{ ...schedule("s1", slot), nextAt: slot + 7 }, schedule("s2", null)];
    await store.activateDeployment(activation(deployment("d1"), { daily: { schedules } }));
    const told: unknown[] = [];
    const log = {
      info: (_message: string, fields: object = {}) => void told.push(fields),
      warn: () => undefined,
      error: () => undefined,
    };
    const start = (zone: string, version: string): Promise<void> =>
      takeInTimeZones({ store, scheduleReader: withOffsetOf(zone), log }, version);
    const next = async (): Promise<unknown> =>
      (await store.listSchedules(KEY)).map(({ nextSlotAt, nextAt }) => [nextSlotAt, nextAt]);
    const stays = [
      [null, null],
      [slot, slot + 7],
    ];
    await start("Europe/Prague", "2025c");
    assert.deepEqual([await next(), await store.findTimeZoneData(), told], [stays, "2025c, cron 2", []]);
    await start("Europe/Helsinki", "2025c");
    assert.deepEqual(await next(), stays);
    await start("Europe/Helsinki", "2026a");
    const moved = slot - 3_600_000;
    assert.deepEqual(await next(), [
      [null, null],
      [moved, moved + 7],
    ]);
    assert.deepEqual(told, [{ before: "2025c, cron 2", now: "2026a, cron 2", moved: 1 }]);
    await store.moveSlots([{ scheduleId: "s1", from: slot, to: 1 }]);
    assert.deepEqual(
      (await store.listPendingSchedules({ limit: 9 })).map(({ nextSlotAt }) => nextSlotAt),
      [moved],
    );
    await store.stop();
    folder.remove();
  });
});

/** The reader that data would give in which Prague keeps the time of another zone. */
function withOffsetOf(timezone: string): ScheduleReader {
  const reader = createScheduleReader();
  return { ...reader, nextFire: (timing, after) => reader.nextFire({ ...timing, timezone }, after) };
}

/** The first one from then on. */
function everySlot(from: string): number {
  return createScheduleReader().nextFire(scheduleTrigger({ schedule: "every 7m" }), Date.parse(from)) ?? 0;
}

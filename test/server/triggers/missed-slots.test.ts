import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createScheduleReader, type ScheduleReader, type ScheduleTrigger } from "@headwater/workflow";
import { dueSlots, type DueSlots, type DueTimes } from "#server/triggers/missed-slots.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

describe("dueSlots()", () => {
  it("fires the slot that has come and names the next", () => {
    assert.deepEqual(due(every("latest"), { from: 5 * MINUTE, upSince: 0, now: 5 * MINUTE }), {
      fire: [5 * MINUTE],
      passed: null,
      nextSlotAt: 6 * MINUTE,
    });
  });

  it("fires nothing when the slot has not come", () => {
    assert.deepEqual(due(every("latest"), { from: 5 * MINUTE, upSince: 0, now: 5 * MINUTE - 1 }), {
      fire: [],
      passed: null,
      nextSlotAt: 5 * MINUTE,
    });
  });

  for (const [missed, fire, before] of [
    ["none", [4], 4],
    ["latest", [3, 4], 3],
    ["all", [1, 2, 3, 4], null],
  ] as const) {
    it(`makes up for ${missed} of the slots missed while the service was down`, () => {
      assert.deepEqual(due(every(missed), { from: MINUTE, upSince: 3.5 * MINUTE, now: 4.2 * MINUTE }), {
        fire: fire.map((slot) => slot * MINUTE),
        passed: before === null ? null : { from: MINUTE, before: before * MINUTE },
        nextSlotAt: 5 * MINUTE,
      });
    });
  }

  for (const [missed, upSince, fire] of [
    ["none", 3, [3]],
    ["latest", 3, [2, 3]],
    ["latest", 1, [1, 2, 3]],
  ] as const) {
    it(`does not count the slot at the very start, minute ${upSince}, as missed (${missed})`, () => {
      const times = { from: MINUTE, upSince: upSince * MINUTE, now: 3 * MINUTE };
      assert.deepEqual(
        due(every(missed), times).fire,
        fire.map((slot) => slot * MINUTE),
      );
    });
  }

  it("keeps what is beyond the limit for the next time, and loses none", () => {
    const times = { from: MINUTE, upSince: 11 * MINUTE, now: 11 * MINUTE, limit: 4 };
    const fired: number[] = [];
    for (let from: number | null = times.from; from !== null && from <= times.now;) {
      const { fire, nextSlotAt, passed } = due(every("all"), { ...times, from });
      assert.ok(fire.length <= times.limit);
      assert.equal(passed, null);
      fired.push(...fire);
      from = nextSlotAt;
    }
    assert.deepEqual(
      fired,
      Array.from({ length: 11 }, (_, index) => (index + 1) * MINUTE),
    );
  });

  for (const missed of ["none", "latest", "all"] as const) {
    it(`looks at few of the slots of a year by the second (${missed})`, () => {
      const reader = countingReader();
      const upSince = 365 * DAY + 1;
      const trigger = every(missed, "* * * * * *");
      const { fire } = dueSlots(reader, trigger, { from: SECOND, upSince, now: upSince, limit: 100 });
      assert.deepEqual([fire.length, fire[0]], EXPECTED_OF_A_YEAR[missed]);
      assert.ok(reader.looks <= 101, `${reader.looks} looks`);
    });
  }

  it("finds the latest slot of a schedule whose slots are far apart", () => {
    const trigger = every("latest", "0 0 1 1 *");
    const [from, upSince] = [Date.UTC(2001, 0, 1), Date.UTC(2026, 5, 1)];
    assert.deepEqual(due(trigger, { from, upSince, now: upSince }).fire, [Date.UTC(2026, 0, 1)]);
  });

  for (const missed of ["none", "latest", "all"] as const) {
    it(`ends a schedule whose last slot is over (${missed})`, () => {
      const trigger = { ...every(missed), endsAt: 5.5 * MINUTE };
      const { fire, nextSlotAt } = due(trigger, { from: 5 * MINUTE, upSince: 9 * MINUTE, now: 9 * MINUTE });
      assert.deepEqual([fire, nextSlotAt], [missed === "none" ? [] : [5 * MINUTE], null]);
    });
  }
});

const EXPECTED_OF_A_YEAR = {
  none: [0, undefined],
  latest: [1, 365 * DAY],
  all: [100, SECOND],
} as const;

function due(
  trigger: ScheduleTrigger,
  times: Omit<DueTimes, "limit"> & { readonly limit?: number },
): DueSlots {
  return dueSlots(createScheduleReader(), trigger, { limit: 1000, ...times });
}

function countingReader(): ScheduleReader & { looks: number } {
  const reader = createScheduleReader();
  return {
    looks: 0,
    parse: (text, timezone) => reader.parse(text, timezone),
    clockChanges: (timezone, span) => reader.clockChanges(timezone, span),
    nextFire(timing, after) {
      this.looks += 1;
      return reader.nextFire(timing, after);
    },
  };
}

function every(missed: ScheduleTrigger["missed"], schedule = "* * * * *"): ScheduleTrigger {
  return {
    kind: "schedule",
    schedule,
    timezone: "UTC",
    missed,
    gap: "auto",
    overlap: "auto",
    jitterMs: 0,
    startsAt: null,
    endsAt: null,
    params: {},
  };
}

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  createScheduleReader,
  lastFire,
  type ScheduleReader,
  type ScheduleTiming,
} from "@headwater/workflow";
import { timing } from "./fires.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.parse("2026-03-28T20:30:00Z");

describe("lastFire()", () => {
  for (const schedule of ["0 6 * * *", "17 * * * *", "*/7 9-17 * * 1-5", "30 2 29 * *", "every 25m"]) {
    for (const days of [0.01, 0.5, 1, 9]) {
      it(`finds the last of all fires of "${schedule}" within ${days} days, over a clock change`, () => {
        const before = FROM + days * DAY;
        const when = timing(schedule, "Europe/Berlin");
        const last = lastFire(createScheduleReader(), when, { from: FROM, before });
        assert.equal(last, firesOf(when, before).at(-1) ?? null);
      });
    }
  }

  for (const [schedule, days, looksMax] of [
    ["0 6 * * *", 0.1, 1],
    ["0 6 * * *", 1, 2],
    ["17 * * * *", 0.25, 8],
    ["* * * * * *", 365, 60],
  ] as const) {
    it(`looks at most ${looksMax} times for the last of "${schedule}" within ${days} days`, () => {
      const reader = countingReader();
      lastFire(reader, timing(schedule, "Europe/Berlin"), { from: FROM, before: FROM + days * DAY });
      assert.ok(reader.looks <= looksMax, `${reader.looks} looks`);
    });
  }
});

function firesOf(when: ScheduleTiming, before: number): readonly number[] {
  const reader = createScheduleReader();
  const fires: number[] = [];
  for (let at = reader.nextFire(when, FROM - 1); at !== null && at < before; at = reader.nextFire(when, at))
    fires.push(at);
  return fires;
}

function countingReader(): Pick<ScheduleReader, "nextFire"> & { looks: number } {
  const reader = createScheduleReader();
  return {
    looks: 0,
    nextFire(when, afterMs) {
      this.looks += 1;
      return reader.nextFire(when, afterMs);
    },
  };
}

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as fc from "fast-check";
import { createScheduleReader, type ScheduleTiming } from "#workflow/schedule/schedule.js";
import { upcomingFires } from "#workflow/schedule/upcoming-fires.js";
import { firesBetween, timing } from "./fires.js";

const reader = createScheduleReader();
const CRONS = ["0 6 * * *", "*/20 * * * *", "0 0 30 2 *", "30 1 * * 0", "every 7h", "@hourly"];
const ZONES = ["UTC", "America/New_York", "Australia/Lord_Howe"];

describe("upcomingFires()", () => {
  it("is the first of all fires of all schedules, whatever the schedules", () => {
    const schedules = fc.array(
      fc
        .tuple(fc.constantFrom(...CRONS), fc.constantFrom(...ZONES))
        .map(([cron, zone]) => timing(cron, zone)),
      { maxLength: 4 },
    );
    const [from, to] = ["2026-10-24T00:00:00.000Z", "2026-11-04T00:00:00.000Z"];
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 40 }), (all, count) => {
        const expected = [...new Set(all.flatMap((one) => firesBetween(reader, one, [from, to])))].sort();
        const found = upcomingFires(all, { afterMs: Date.parse(from) - 1, count }, reader)
          .filter(({ at }) => at < Date.parse(to))
          .map(({ at }) => new Date(at).toISOString().slice(0, 16));
        assert.deepEqual(found, expected.slice(0, count));
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it("names every schedule that fires at an instant", () => {
    const all: readonly ScheduleTiming[] = [timing("0 6 * * *", "UTC"), timing("0 7 * * *", "Europe/London")];
    const [first] = upcomingFires(all, { afterMs: Date.parse("2026-07-01T00:00:00Z"), count: 1 }, reader);
    assert.deepEqual(first, { at: Date.parse("2026-07-01T06:00:00Z"), schedules: all });
  });

  it("is empty when nothing fires again", () => {
    assert.deepEqual(upcomingFires([timing("0 0 30 2 *", "UTC")], { afterMs: 0, count: 5 }, reader), []);
    assert.deepEqual(upcomingFires([], { afterMs: 0, count: 5 }, reader), []);
  });
});

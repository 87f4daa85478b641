import assert from "node:assert/strict";
import { createScheduleReader, dueAt } from "@headwater/workflow";
import type { Expectation } from "@headwater/workflow";
import { describe, it } from "mocha";

const reader = createScheduleReader();
const NOTHING: Expectation = { completeBy: null, timezone: "UTC", withinMs: null };
const HOUR = 3_600_000;

describe("dueAt()", () => {
  it("is the next such time of day after the time for which a run is scheduled, in the zone", () => {
    assert.deepEqual(
      [
        due({ completeBy: "08:00" }, "2026-03-02T06:00:00Z"),
        due({ completeBy: "08:00" }, "2026-03-02T08:00:00Z"),
        due({ completeBy: "08:00", timezone: "America/Los_Angeles" }, "2026-03-02T06:00:00Z"),
      ],
      ["2026-03-02T08:00:00.000Z", "2026-03-03T08:00:00.000Z", "2026-03-02T16:00:00.000Z"],
    );
  });

  it("is the first instant after a clock change that jumps over that time, and the first of two", () => {
    const timezone = "America/New_York";
    assert.deepEqual(
      [
        due({ completeBy: "02:30", timezone }, "2026-03-08T05:30:00Z"),
        due({ completeBy: "01:30", timezone }, "2026-11-01T04:30:00Z"),
      ],
      ["2026-03-08T07:00:00.000Z", "2026-11-01T05:30:00.000Z"],
    );
  });

  it("counts a duration from the creation of the run, and the earlier of both", () => {
    const run = {
      scheduledAt: Date.parse("2026-03-02T06:00:00Z"),
      createdAt: Date.parse("2026-03-02T07:00:00Z"),
    };
    assert.equal(dueAt(reader, { ...NOTHING, withinMs: HOUR / 2 }, run), run.createdAt + HOUR / 2);
    assert.equal(
      dueAt(reader, { ...NOTHING, withinMs: 2 * HOUR, completeBy: "08:00" }, run),
      Date.parse("2026-03-02T08:00:00Z"),
    );
  });

  it("is never where nothing is expected", () => {
    const run = { scheduledAt: 0, createdAt: 0 };
    assert.deepEqual([dueAt(reader, null, run), dueAt(reader, NOTHING, run)], [null, null]);
  });
});

function due(expect: Partial<Expectation>, scheduled: string): string {
  const scheduledAt = Date.parse(scheduled);
  const at = dueAt(reader, { ...NOTHING, ...expect }, { scheduledAt, createdAt: scheduledAt });
  return at === null ? "never" : new Date(at).toISOString();
}

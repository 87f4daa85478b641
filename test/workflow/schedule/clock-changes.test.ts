import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { clockChanges } from "#workflow/schedule/clock-changes.js";
import { createZoneSegments } from "#workflow/schedule/zone-segments.js";
import { createTimeZones } from "#workflow/types/time-zones.js";

/** As `instant: hours before → after`. */
function changes(timezone: string, after: string, until: string): readonly string[] {
  const span = { afterMs: Date.parse(after), untilMs: Date.parse(until) };
  return clockChanges(timezone, span, createZoneSegments(createTimeZones())).map(
    ({ at, offsetMsBefore, offsetMsAfter }) =>
      `${new Date(at).toISOString()}: ${offsetMsBefore / 3_600_000} → ${offsetMsAfter / 3_600_000}`,
  );
}

describe("clockChanges()", () => {
  it("lists the changes of a zone over years, and none at their turn", () => {
    assert.deepEqual(changes("Europe/Berlin", "2025-12-01", "2027-04-01"), [
      "2026-03-29T01:00:00.000Z: 1 → 2",
      "2026-10-25T01:00:00.000Z: 2 → 1",
      "2027-03-28T01:00:00.000Z: 1 → 2",
    ]);
  });

  it("takes a change at the end of the span, not one at its start", () => {
    const change = "2026-03-29T01:00:00Z";
    assert.deepEqual(changes("Europe/Berlin", "2026-03-01", change).length, 1);
    assert.deepEqual(changes("Europe/Berlin", change, "2026-04-01"), []);
  });

  it("knows shifts that are no whole hour, and zones without any", () => {
    assert.deepEqual(changes("Australia/Lord_Howe", "2026-04-01", "2026-05-01"), [
      "2026-04-04T15:00:00.000Z: 11 → 10.5",
    ]);
    assert.deepEqual(changes("UTC", "2000-01-01", "2030-01-01"), []);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createScheduleReader } from "@headwater/workflow";
import { canonicalJson } from "#workflow/compile/canonical-json.js";
import { firesAlike } from "#workflow/schedule/fires-alike.js";
import { firesBetween, timing } from "./fires.js";

const reader = createScheduleReader();
const YEAR = ["2026-01-01T00:00:00Z", "2026-04-03T00:00:00Z"] as const;

function alike(schedule: string, timezone: string): string {
  return canonicalJson(firesAlike(timing(schedule, timezone), reader));
}

describe("firesAlike()", () => {
  const EQUAL: readonly (readonly string[])[] = [
    ["@daily", "every 24h", "every 1d", "0 0 * * *", "0 0 0 * * *"],
    ["@hourly", "every 60m", "0 */1 * * *", "0 0-23 * * *"],
    ["every 6h", "0 */6 * * *", "0 0,6,12,18 * * *", "0 18,0-12/6 * * *"],
    ["every 15m", "*/15 * * * *", "0,15,30,45 * * * *"],
    ["every 30s", "*/30 * * * * *"],
    ["0 0 1 */3 *", "0 0 1 JAN,APR,JUL,OCT *", "0 0 1 1-12/3 *"],
  ];
  for (const [first = "", ...others] of EQUAL) {
    it(`is the same for "${first}" and ${others.length} more in UTC, which fire at the same times`, () => {
      const fires = firesBetween(reader, timing(first, "UTC"), YEAR).slice(0, 500);
      for (const other of others) {
        assert.equal(alike(other, "Etc/UTC"), alike(first, "UTC"), other);
        assert.deepEqual(firesBetween(reader, timing(other, "UTC"), YEAR).slice(0, 500), fires, other);
      }
    });
  }

  it("is another one for what fires at other times", () => {
    const texts = [
      "every 90m",
      "every 25h",
      "every 7m",
      "*/7 * * * *",
      "every 2d",
      "@daily",
      "@weekly",
      "0 0 */1 * 1",
    ];
    assert.equal(new Set(texts.map((text) => alike(text, "UTC"))).size, texts.length);
    assert.notEqual(alike("@daily", "Asia/Tokyo"), alike("every 24h", "Asia/Tokyo"));
    // Where clocks change, hours that are named are not hours that are counted.
    assert.notEqual(alike("0 * * * *", "Europe/Berlin"), alike("0 0-23 * * *", "Europe/Berlin"));
  });

  it("knows nothing of what cannot be read", () => {
    assert.equal(firesAlike(timing("whenever", "UTC"), reader), null);
  });
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  canonicalSchedule,
  createScheduleReader,
  fingerprintOf,
  type WorkflowDefinition,
} from "@headwater/workflow";
import { timing } from "./fires.js";

const reader = createScheduleReader();
const STARTS = Date.parse("2026-01-15T10:20:30Z");

/** The first fires from a day on; null for what is no schedule. */
function fires(schedule: string): readonly (number | null)[] | null {
  if (!reader.parse(schedule, "Europe/Berlin").ok) return null;
  const found: (number | null)[] = [];
  let at: number | null = STARTS;
  for (let count = 0; count < 4 && at !== null; count += 1) {
    at = reader.nextFire(timing(schedule, "Europe/Berlin"), at);
    found.push(at);
  }
  return found;
}

describe("canonicalSchedule()", () => {
  const EQUAL: readonly (readonly string[])[] = [
    ["0 6 * * 1-5", "0 6 * * MON-FRI", "00  06 *\t* mon-Fri", " 0 6 * * 1-5 ", "0 0 6 * * 1-5"],
    ["0 0 * * *", "@daily", "@midnight", "@Daily", "0 0 ? * *"],
    ["0 0 * * 0", "@weekly", "0 0 * * 7", "0 0 * * SUN"],
    ["0 0 1 1 *", "@yearly", "@annually", "0 0 1 JAN *", "0 0 01 01 *"],
    ["0 0 * 3,11 *", "0 0 * NOV,mar *"],
    ["0 12 * * 5L", "0 12 * * FRIL"],
    ["every 1h", "every 60m", "Every  3600s"],
  ];
  for (const [first = "", ...others] of EQUAL) {
    it(`gives "${first}" for all that mean it`, () => {
      for (const other of [first, ...others]) {
        assert.equal(canonicalSchedule(other), first);
        assert.deepEqual(fires(other), fires(first), other);
      }
    });
  }

  it("gives schedules that fire at other times other texts", () => {
    const texts = [
      "0 6 * * *",
      "0 6 * * 1",
      "6 0 * * *",
      "0 6 1 * *",
      "5 0 6 * * *",
      "every 1h",
      "0 * * * *",
    ];
    assert.equal(new Set(texts.map(canonicalSchedule)).size, texts.length);
  });

  it("fires as what it stands for, whatever that is", () => {
    fc.assert(
      fc.property(CRON, (cron) => {
        const expected = fires(cron);
        fc.pre(expected !== null);
        const canonical = canonicalSchedule(cron);
        assert.equal(canonicalSchedule(canonical), canonical);
        assert.deepEqual(fires(canonical), expected, `${cron} -> ${canonical}`);
      }),
      { numRuns: 200, seed: 15 },
    );
  });

  it("is what the fingerprint counts", () => {
    const print = (schedule: string): string => fingerprintOf(scheduled(schedule));
    assert.equal(print("0 6 * * MON-FRI"), print("0 06 * *  1-5"));
    assert.equal(print("every 60m"), print("every 1h"));
    assert.notEqual(print("0 6 * * 1-5"), print("0 6 * * 1-6"));
  });
});

/** Fields in any spelling, most of them right. */
const CRON = fc
  .tuple(
    fc.constantFrom("", "0 ", "00 ", "30 "),
    parts(["0", "05", "5", "*/15", "10-20/5", "*", "59"]),
    parts(["6", "06", "*", "?", "*/4", "8-17", "23"]),
    parts(["*", "?", "1", "01", "15W", "L", "10-12", "*/10"]),
    parts(["*", "JAN", "jan", "1", "3-5", "mar-MAY", "*/2", "12"]),
    parts([
      "*",
      "?",
      "0",
      "7",
      "SUN",
      "mon",
      "MON-FRI",
      "1-5",
      "5L",
      "friL",
      "2#1",
      "TUE#1",
      "5-7",
      "FRI-SUN",
    ]),
  )
  .map(([second, ...fields]) => second + fields.join(" "));

function parts(values: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
    .map((chosen) => chosen.join(","));
}

function scheduled(schedule: string): WorkflowDefinition {
  return {
    id: "a",
    triggers: [
      {
        kind: "schedule",
        schedule,
        timezone: "UTC",
        missed: "latest",
        gap: "auto",
        overlap: "auto",
        jitterMs: 0,
        startsAt: null,
        endsAt: null,
        params: {},
      },
    ],
    params: [],
    outputs: [],
    maxParallelSteps: null,
    timeoutMs: null,
    failureMode: "fail_after_running",
    steps: [],
  };
}

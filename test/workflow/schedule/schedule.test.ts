import assert from "node:assert/strict";
import { describe, test } from "mocha";
import { createScheduleReader, nextFire, parseSchedule } from "@headwater/workflow";
import { firesBetween, timing } from "./fires.js";

const NEW_YORK = "America/New_York";
const SPRING = ["2026-03-08T00:00Z", "2026-03-09T08:00Z"] as const;
const AUTUMN = ["2026-11-01T04:00Z", "2026-11-01T09:00Z"] as const;

describe("nextFire() through a clock change", () => {
  const reader = createScheduleReader();
  const table: readonly (readonly [string, string, readonly [string, string], string])[] = [
    // 2026-03-08 in New York: 02:00 EST becomes 03:00 EDT at 07:00Z.
    ["30 2 * * *", NEW_YORK, SPRING, "03-08T07:00 03-09T06:30"],
    ["30 1 * * *", NEW_YORK, SPRING, "03-08T06:30 03-09T05:30"],
    ["30 1,2 * * *", NEW_YORK, SPRING, "03-08T06:30 03-08T07:00 03-09T05:30 03-09T06:30"],
    [
      "0,15,30 2,3 * * *",
      NEW_YORK,
      ["2026-03-08T06:00Z", "2026-03-08T08:00Z"],
      "03-08T07:00 03-08T07:15 03-08T07:30",
    ],
    [
      "0 * * * *",
      NEW_YORK,
      ["2026-03-08T05:00Z", "2026-03-08T09:00Z"],
      "03-08T05:00 03-08T06:00 03-08T07:00 03-08T08:00",
    ],
    [
      "*/30 * * * *",
      NEW_YORK,
      ["2026-03-08T06:00Z", "2026-03-08T08:00Z"],
      "03-08T06:00 03-08T06:30 03-08T07:00 03-08T07:30",
    ],
    ["30 * * * *", NEW_YORK, ["2026-03-08T06:00Z", "2026-03-08T08:00Z"], "03-08T06:30 03-08T07:30"],
    // 2026-11-01 in New York: 02:00 EDT becomes 01:00 EST at 06:00Z.
    ["30 2 * * *", NEW_YORK, AUTUMN, "11-01T07:30"],
    ["30 1 * * *", NEW_YORK, AUTUMN, "11-01T05:30"],
    ["30 1,2 * * *", NEW_YORK, AUTUMN, "11-01T05:30 11-01T07:30"],
    ["0 * * * *", NEW_YORK, AUTUMN, "11-01T04:00 11-01T05:00 11-01T06:00 11-01T07:00 11-01T08:00"],
    [
      "*/30 * * * *",
      NEW_YORK,
      ["2026-11-01T05:00Z", "2026-11-01T07:30Z"],
      "11-01T05:00 11-01T05:30 11-01T06:00 11-01T06:30 11-01T07:00",
    ],
    // Berlin: 02:00 becomes 03:00 at 2026-03-29T01:00Z, 03:00 becomes 02:00 at 2026-10-25T01:00Z.
    ["30 2 * * *", "Europe/Berlin", ["2026-03-28T12:00Z", "2026-03-30T12:00Z"], "03-29T01:00 03-30T00:30"],
    ["30 2 * * *", "Europe/Berlin", ["2026-10-24T12:00Z", "2026-10-26T12:00Z"], "10-25T00:30 10-26T01:30"],
    // Kathmandu is 5:45 ahead and keeps its clock.
    ["0 6 * * *", "Asia/Kathmandu", ["2026-03-08T00:00Z", "2026-03-10T00:00Z"], "03-08T00:15 03-09T00:15"],
    // Lord Howe changes by half an hour: 02:00 becomes 01:30 at 2026-04-04T15:00Z, 02:00 becomes 02:30 at 2026-10-03T15:30Z.
    ["45 1 * * *", "Australia/Lord_Howe", ["2026-04-04T00:00Z", "2026-04-05T12:00Z"], "04-04T14:45"],
    ["15 2 * * *", "Australia/Lord_Howe", ["2026-10-03T00:00Z", "2026-10-04T12:00Z"], "10-03T15:30"],
    [
      "0 * * * *",
      "Australia/Lord_Howe",
      ["2026-04-04T13:30Z", "2026-04-04T17:00Z"],
      "04-04T14:00 04-04T15:30 04-04T16:30",
    ],
  ];
  for (const [schedule, timezone, range, expected] of table) {
    test(`fires ${schedule} in ${timezone} from ${range[0]}`, () => {
      const fires = firesBetween(reader, timing(schedule, timezone), range);
      assert.equal(fires.map((fire) => fire.slice(5)).join(" "), expected);
    });
  }

  test("drops or doubles slots when the trigger says so", () => {
    const skip = timing("30 2 * * *", NEW_YORK, { gap: "skip" });
    assert.deepEqual(firesBetween(reader, skip, SPRING), ["2026-03-09T06:30"]);
    const twice = timing("30 1 * * *", NEW_YORK, { overlap: "twice" });
    assert.deepEqual(firesBetween(reader, twice, AUTUMN), ["2026-11-01T05:30", "2026-11-01T06:30"]);
    const once = timing("0 * * * *", NEW_YORK, { overlap: "once" });
    const hours = ["2026-11-01T04:00", "2026-11-01T05:00", "2026-11-01T07:00", "2026-11-01T08:00"];
    assert.deepEqual(firesBetween(reader, once, AUTUMN), hours);
    const after = timing("30 * * * *", NEW_YORK, { gap: "run_after" });
    const range = ["2026-03-08T06:00Z", "2026-03-08T08:00Z"] as const;
    assert.deepEqual(firesBetween(reader, after, range), [
      "2026-03-08T06:30",
      "2026-03-08T07:00",
      "2026-03-08T07:30",
    ]);
  });

  test("fires twice a year apart from the next slot of a yearly cron", () => {
    const yearly = timing("30 1 1 11 *", NEW_YORK, { overlap: "twice" });
    assert.equal(reader.nextFire(yearly, Date.parse("2026-11-01T05:50Z")), Date.parse("2026-11-01T06:30Z"));
  });
});

describe("nextFire()", () => {
  const reader = createScheduleReader();

  test("answers the same whatever it was asked before, earlier or later", () => {
    const when = timing("*/7 8-18 * * 1-5", NEW_YORK);
    const from = Date.parse("2026-03-06T00:00Z");
    // Back and forth over some days, by strides that meet each slot, the instants beside it, and nights.
    for (let step = 0; step < 500; step += 1) {
      const at = from + ((step * 7919 * 60_000 + (step % 3) - 1) % (6 * 86_400_000));
      assert.equal(
        reader.nextFire(when, at),
        createScheduleReader().nextFire(when, at),
        new Date(at).toISOString(),
      );
    }
  });

  test("gives the same fires from any instant as one after the other", () => {
    for (const [schedule, timezone] of [
      ["30 1,2 * * *", NEW_YORK],
      ["*/20 * * * *", "Australia/Lord_Howe"],
      ["15 2,3 * * 0", "Europe/Berlin"],
    ] as const) {
      const when = timing(schedule, timezone);
      const walked = firesBetween(reader, when, ["2026-01-01T00:00Z", "2027-01-01T00:00Z"]);
      const fresh = new Set<string>();
      // An odd stride, so that the starts fall on every minute of the hour and on both sides of every change.
      for (let at = Date.parse("2025-12-31T23:59Z"); ; at += 19 * 60_000 + 1) {
        const fire = createOrReuse(at).nextFire(when, at);
        if (fire === null || fire >= Date.parse("2027-01-01T00:00Z")) break;
        fresh.add(new Date(fire).toISOString().slice(0, 16));
      }
      assert.deepEqual([...fresh], walked, `${schedule} in ${timezone}`);
    }

    function createOrReuse(at: number) {
      return at % 1000 === 0 ? createScheduleReader() : reader;
    }
  });

  test("agrees with a wall clock read minute by minute", () => {
    const when = timing("*/10 1,2,3 * * *", NEW_YORK, { gap: "skip", overlap: "twice" });
    const clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: NEW_YORK,
      hour: "2-digit",
      minute: "2-digit",
    });
    for (const day of ["2026-03-08", "2026-06-01", "2026-11-01"]) {
      const expected: string[] = [];
      for (let minute = 0; minute < 24 * 60; minute += 1) {
        const instant = new Date(Date.parse(`${day}T00:00Z`) + minute * 60_000);
        if (/^0[123]:.0$/.test(clock.format(instant))) expected.push(instant.toISOString().slice(0, 16));
      }
      const end = new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString();
      assert.deepEqual(firesBetween(reader, when, [`${day}T00:00Z`, end]), expected);
    }
  });

  test("gives the first instant after a gap to a search that starts just before it", () => {
    const gapEnd = Date.parse("2026-03-08T07:00:00Z");
    const when = timing("30 2 * * *", NEW_YORK);
    assert.equal(reader.nextFire(when, gapEnd - 1), gapEnd);
    assert.equal(reader.nextFire(when, gapEnd), Date.parse("2026-03-09T06:30Z"));
  });

  test("takes either day where both day fields are restricted", () => {
    const fires = firesBetween(reader, timing("0 0 13 * 5", "UTC"), [
      "2026-11-01T00:00Z",
      "2026-12-14T00:00Z",
    ]);
    const days = fires.map((fire) => fire.slice(5, 10));
    assert.deepEqual(days, ["11-06", "11-13", "11-20", "11-27", "12-04", "12-11", "12-13"]);
  });

  test("takes only days of both where a day field begins with a star, as cron does since Vixie's", () => {
    const november: readonly (readonly [string, string])[] = [
      ["0 0 */2 * 5", "13 27"],
      ["0 0 ?/2 * FRI", "13 27"],
      ["0 0 13,14 * */5", "13"],
      ["0 0 * * 5", "06 13 20 27"],
      ["0 0 */1 * 5", "06 13 20 27"],
      ["0 0 *,1 * 5", "06 13 20 27"],
      ["0 0 29 * *", "29"],
      ["0 0 1-7 * */7", "01"],
    ];
    for (const [cron, days] of november) {
      const fires = firesBetween(reader, timing(cron, "UTC"), ["2026-11-01T00:00Z", "2026-12-01T00:00Z"]);
      assert.equal(fires.map((fire) => fire.slice(8, 10)).join(" "), days, cron);
    }
  });

  test("finds leap days, and nothing where a date never comes", () => {
    assert.equal(nextFire(timing("0 0 29 2 *", "UTC"), Date.parse("2026-01-01")), Date.parse("2028-02-29"));
    assert.equal(nextFire(timing("0 0 30 2 *", NEW_YORK), Date.parse("2026-01-01")), null);
    assert.equal(nextFire(timing("0 0 31 4 *", "UTC"), Number.NaN), null);
    assert.equal(nextFire(timing("0 0 * * *", "UTC"), Number.MAX_VALUE), null);
    assert.equal(nextFire(timing("nonsense", "UTC"), 0), null);
  });

  test("keeps within starts and ends", () => {
    const startsAt = Date.parse("2026-01-01T00:00Z");
    const when = timing("0 0 * * *", "UTC", { startsAt, endsAt: Date.parse("2026-01-02T00:00Z") });
    assert.equal(reader.nextFire(when, 0), startsAt);
    assert.equal(reader.nextFire(when, startsAt), null);
  });

  test("counts every 7h from starts, or from midnight UTC, whatever the clocks do", () => {
    const startsAt = Date.parse("2026-03-07T20:00Z");
    const when = timing("every 7h", NEW_YORK, { startsAt });
    const range = ["2026-03-07T00:00Z", "2026-03-08T18:00Z"] as const;
    assert.deepEqual(firesBetween(reader, when, range), [
      "2026-03-07T20:00",
      "2026-03-08T03:00",
      "2026-03-08T10:00",
      "2026-03-08T17:00",
    ]);
    const quarter = timing("every 15m", "UTC");
    assert.equal(reader.nextFire(quarter, Date.parse("2026-03-08T10:00Z")), Date.parse("2026-03-08T10:15Z"));
    assert.equal(
      reader.nextFire(quarter, Date.parse("2026-03-08T10:14:59.999Z")),
      Date.parse("2026-03-08T10:15Z"),
    );
  });

  test("reads seconds in a sixth field and nicknames", () => {
    assert.equal(
      nextFire(timing("*/20 0 0 * * *", "UTC"), Date.parse("2026-01-01T00:00:20Z")),
      Date.parse("2026-01-01T00:00:40Z"),
    );
    assert.equal(
      nextFire(timing("@weekly", "UTC"), Date.parse("2026-01-01T00:00Z")),
      Date.parse("2026-01-04T00:00Z"),
    );
    assert.equal(
      nextFire(timing(" @Daily ", "UTC"), Date.parse("2026-01-01T00:00Z")),
      Date.parse("2026-01-02T00:00Z"),
    );
  });
});

describe("parseSchedule()", () => {
  const wrong: readonly (readonly [string, string, string, string])[] = [
    ["61 * * * *", "UTC", "61", '"61" is no minute of a cron. It goes from 0 to 59'],
    ["0 0 * * MON,FOO", "UTC", "MON,FOO", '"MON,FOO" is no day of the week of a cron'],
    ["0  25 * * *", "UTC", "25", '"25" is no hour of a cron. It goes from 0 to 23'],
    ["99 0 0 * * *", "UTC", "99", '"99" is no second of a cron. It goes from 0 to 59'],
    ["0 0 1 * +5", "UTC", "+5", '"+5" is no day of the week of a cron'],
    ["* * *", "UTC", "* * *", "A cron has 5 fields, or 6 with seconds first; this has 3"],
    ["every 15 parsecs", "UTC", "15 parsecs", '"15 parsecs" is no duration: write one such as "every 15m"'],
    ["every 10ms", "UTC", "10ms", '"10ms" is out of range: an interval is from 1s to 366d'],
    [
      "0 0 * * *",
      "Mars/Olympus",
      "0 0 * * *".slice(0, 0),
      '"Mars/Olympus" is no time zone: write one such as "Europe/Berlin"',
    ],
  ];
  for (const [text, timezone, culprit, problem] of wrong) {
    test(`refuses ${text} in ${timezone}`, () => {
      const parsed = parseSchedule(text, timezone);
      assert.ok(!parsed.ok);
      assert.equal(parsed.problem, problem);
      if (parsed.in === "schedule") assert.equal(text.slice(parsed.start, parsed.end), culprit);
    });
  }

  test("refuses nicknames it does not know, offsets as zones and nothing at all", () => {
    for (const [text, timezone] of [
      ["@reboot", "UTC"],
      [`every 1${" ".repeat(100_000)}x`, "UTC"],
      ["1,".repeat(150) + "1 * * * *", "UTC"],
      ["", "UTC"],
      ["0 0 * * *", "+02:00"],
      ["0 0 * * *", ""],
    ] as const) {
      assert.equal(parseSchedule(text, timezone).ok, false, `${text} in ${timezone}`);
    }
  });
});

import assert from "node:assert/strict";
import { describe, test } from "mocha";
import { createScheduleReader, type ScheduleReader } from "@headwater/workflow";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Zones of which each is hard in a way of its own. */
const ZONES = [
  ["America/New_York", "changes at 02:00, north"],
  ["America/Los_Angeles", "is far behind UTC"],
  ["America/St_Johns", "is half an hour off, with clock changes"],
  ["America/Santiago", "changes at midnight, south"],
  ["America/Asuncion", "has left winter time"],
  ["America/Havana", "changes at midnight, north"],
  ["America/Nuuk", "changes by new rules, on the evening before"],
  ["America/Sao_Paulo", "has no changes any more"],
  ["Atlantic/Azores", "changes from and to UTC"],
  ["Europe/London", "is UTC in winter"],
  ["Europe/Berlin", "changes at 02:00 and 03:00"],
  ["Europe/Dublin", "has winter time below its standard"],
  ["Africa/Casablanca", "goes back for Ramadan, twice in some years"],
  ["Africa/Cairo", "changes at midnight, again since 2023"],
  ["Asia/Beirut", "changes at midnight"],
  ["Asia/Gaza", "has dates of its own"],
  ["Asia/Kolkata", "is half an hour off, without changes"],
  ["Asia/Kathmandu", "is a quarter off"],
  ["Australia/Lord_Howe", "changes by half an hour"],
  ["Pacific/Chatham", "is 45 minutes off, with changes"],
  ["Pacific/Apia", "is far ahead of UTC"],
] as const;

/** Where the years 2025 to 2030 do not reach. */
const PAST = [
  ["Pacific/Apia", "2011-12-30T10:00Z", "a day that was left out"],
  ["America/Sao_Paulo", "2018-11-04T03:00Z", "a midnight that does not exist"],
] as const;

/** Minutes of the hour and hours, as fields and as what they let through. */
const CRONS = [
  { cron: "0 0 * * *", isSlot: (hour: number, minute: number) => hour === 0 && minute === 0 },
  { cron: "*/15 0-3 * * *", isSlot: (hour: number, minute: number) => hour <= 3 && minute % 15 === 0 },
  {
    cron: "30 1,2,23 * * *",
    isSlot: (hour: number, minute: number) => [1, 2, 23].includes(hour) && minute === 30,
  },
  { cron: "*/20 * * * *", isSlot: (_hour: number, minute: number) => minute % 20 === 0 },
] as const;

const RULES = [
  { gap: "run_after", overlap: "once" },
  { gap: "skip", overlap: "twice" },
  { gap: "skip", overlap: "once" },
  { gap: "run_after", overlap: "twice" },
] as const;

describe("schedules around every clock change from 2025 to 2030, beside a wall clock that is read minute by minute", () => {
  const reader = createScheduleReader();
  for (const [timezone, why] of ZONES) {
    test(`${timezone}, which ${why}`, () => {
      const clock = new WallClock(timezone);
      const days = daysOfChanges(clock, Date.UTC(2025, 0, 1), Date.UTC(2031, 0, 1));
      for (const day of days) agree(reader, clock, { from: day, to: day + DAY });
      const offset = clock.offsetMinutes(Date.UTC(2027, 5, 5));
      if (days.length === 0)
        agree(reader, clock, {
          from: Date.UTC(2027, 5, 5) - offset * MINUTE - 4 * HOUR,
          to: Date.UTC(2027, 5, 6),
        });
    });
  }
  for (const [timezone, at, what] of PAST) {
    test(`${timezone}, ${what}`, () => {
      const from = Date.parse(at) - 6 * HOUR;
      agree(reader, new WallClock(timezone), { from, to: from + 12 * HOUR });
    });
  }
  test("is not beside the point: the table has clock changes by an hour, by half an hour and by a day", () => {
    const changes = [...ZONES, ...PAST].map(
      ([timezone]) =>
        daysOfChanges(new WallClock(timezone), Date.UTC(2025, 0, 1), Date.UTC(2031, 0, 1)).length,
    );
    assert.ok(changes.reduce((sum, count) => sum + count, 0) > 150);
    const lordHowe = new WallClock("Australia/Lord_Howe");
    assert.deepEqual(
      [lordHowe.offsetMinutes(Date.UTC(2025, 0, 1)), lordHowe.offsetMinutes(Date.UTC(2025, 6, 1))],
      [660, 630],
    );
    const apia = new WallClock("Pacific/Apia");
    assert.equal(
      apia.offsetMinutes(Date.UTC(2011, 11, 31)) - apia.offsetMinutes(Date.UTC(2011, 11, 29)),
      1440,
    );
  });
});

/** For every cron and rule: the fires within [from, to) are those that a walk over the wall clock finds. */
function agree(
  reader: ScheduleReader,
  clock: WallClock,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const walls = new Map<number, Wall>();
  for (let at = from - DAY / 4; at < to; at += MINUTE) walls.set(at, clock.read(at));
  for (const { cron, isSlot } of CRONS) {
    for (const { gap, overlap } of RULES) {
      const expected = walk(walls, { from, isSlot, gap, overlap });
      const timing = { schedule: cron, timezone: clock.timezone, gap, overlap, startsAt: null, endsAt: null };
      const found: number[] = [];
      for (
        let at = reader.nextFire(timing, from - 1);
        at !== null && at < to;
        at = reader.nextFire(timing, at)
      )
        found.push(at);
      const said = `${cron} in ${clock.timezone}, gap ${gap}, overlap ${overlap}`;
      assert.deepEqual(found.map(text), expected.map(text), said);
    }
  }
}

interface Wall {
  readonly hour: number;
  readonly minute: number;
  /** Minutes of wall time since some day: it jumps where the clock does. */
  readonly minutes: number;
}

interface Walk {
  readonly from: number;
  readonly isSlot: (hour: number, minute: number) => boolean;
  readonly gap: "run_after" | "skip";
  readonly overlap: "once" | "twice";
}

/** What the rules say, in the plainest way: one look at every minute. */
function walk(walls: ReadonlyMap<number, Wall>, { from, isSlot, gap, overlap }: Walk): readonly number[] {
  const fires: number[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (const [at, { hour, minute, minutes }] of walls) {
    const isRepeated = minutes <= latest;
    const jumped = latest === Number.NEGATIVE_INFINITY ? [] : minutesBetween(latest + 1, minutes);
    const isMadeUpFor =
      gap === "run_after" && jumped.some((one) => isSlot(Math.floor(one / 60) % 24, one % 60));
    const isDue = isSlot(hour, minute) && (!isRepeated || overlap === "twice");
    if (at >= from && (isDue || isMadeUpFor)) fires.push(at);
    latest = Math.max(latest, minutes);
  }
  return fires;
}

function minutesBetween(from: number, before: number): readonly number[] {
  return Array.from({ length: Math.max(0, before - from) }, (_, index) => from + index);
}

/** Days of UTC, from six hours before, in which the offset changes. */
function daysOfChanges(clock: WallClock, from: number, to: number): readonly number[] {
  const days: number[] = [];
  for (let day = from; day < to; day += DAY) {
    if (clock.offsetMinutes(day) !== clock.offsetMinutes(day + DAY)) days.push(day);
  }
  return days;
}

/** A wall clock that knows nothing of schedules: what `Intl` shows. */
class WallClock {
  readonly timezone: string;
  readonly #format: Intl.DateTimeFormat;

  constructor(timezone: string) {
    this.timezone = timezone;
    this.#format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: timezone,
      dateStyle: "short",
      timeStyle: "short",
    });
  }

  read(at: number): Wall {
    const shown = this.#format.format(at);
    const minutes = Date.parse(`${shown.replace(" ", "T")}Z`) / MINUTE;
    return { minutes, hour: Math.floor(minutes / 60) % 24, minute: minutes % 60 };
  }

  offsetMinutes(at: number): number {
    return this.read(at).minutes - at / MINUTE;
  }
}

function text(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

import type { ScheduleTrigger } from "../definition/definition.js";
import { parseDuration } from "../types/duration.js";
import { createTimeZones, noTimeZone } from "../types/time-zones.js";
import type { TimeZones } from "../types/time-zones.js";
import { clockChanges, type ClockChange } from "./clock-changes.js";
import { nextCronFire } from "./cron-fire.js";
import type { CronSlots } from "./cron-slots.js";
import { readCron } from "./cron-slots.js";
import { scheduleMeantBy } from "./schedule-habits.js";
import { createZoneSegments } from "./zone-segments.js";

/** A schedule, read. */
export type Schedule =
  | { readonly kind: "cron"; readonly slots: CronSlots; readonly timezone: string }
  | { readonly kind: "every"; readonly intervalMs: number };

/** Offsets are into the text of the schedule; a wrong time zone is `in` the other text. */
export type ParsedSchedule =
  | { readonly ok: true; readonly schedule: Schedule }
  | {
      readonly ok: false;
      readonly in: "schedule" | "timezone";
      readonly problem: string;
      /** What was most likely meant instead of the text between the offsets. */
      readonly nearest?: string;
      readonly start: number;
      readonly end: number;
    };

/** What decides when a schedule fires. */
export type ScheduleTiming = Pick<
  ScheduleTrigger,
  "schedule" | "timezone" | "gap" | "overlap" | "startsAt" | "endsAt"
>;

/** Reads schedules and tells when they fire. Keeps the crons and zones it met last, for reading one costs far more. */
export interface ScheduleReader {
  parse(text: string, timezone: string): ParsedSchedule;
  /**
   * The first instant strictly after `afterMs` at which the schedule fires, in epoch milliseconds; null when it never
   * does again, within some years, or cannot be read. Where a search starts makes no difference to what it finds.
   */
  nextFire(timing: ScheduleTiming, afterMs: number): number | null;
  /** The clock changes of a zone in (afterMs, untilMs], in order. */
  clockChanges(
    timezone: string,
    span: { readonly afterMs: number; readonly untilMs: number },
  ): readonly ClockChange[];
}

/** A parsed cron takes some 90 KB in the library. */
const SCHEDULES_MAX = 500;
const TEXT_LENGTH_MAX = 500;
const INTERVAL_MS_MIN = 1000;
const INTERVAL_MS_MAX = 366 * 86_400_000;
/** The end of the year 9000: beyond it no clock matters. */
const INSTANT_MS_MAX = 221_845_392_000_000;

/** A reader with nothing read yet. One serves any number of schedules. */
export function createScheduleReader(): ScheduleReader {
  const zones = createTimeZones();
  const segmentAt = createZoneSegments(zones);
  const schedules = new Map<string, ParsedSchedule>();

  function read(text: string, timezone: string): ParsedSchedule {
    const key = `${timezone}\n${text}`;
    const known = schedules.get(key);
    if (known !== undefined) schedules.delete(key);
    const schedule = known ?? readSchedule(text, timezone, zones);
    schedules.set(key, schedule);
    const [oldest] = schedules.keys();
    if (schedules.size > SCHEDULES_MAX && oldest !== undefined) schedules.delete(oldest);
    return schedule;
  }

  return {
    parse: (text, timezone) => (zones.has(timezone) ? read(text, timezone) : inNoZone(timezone)),
    clockChanges: (timezone, span) => clockChanges(timezone, span, segmentAt),
    nextFire(timing, afterMs) {
      // What has been deployed goes on in the zone in which it was read.
      const parsed = read(timing.schedule, timing.timezone);
      const after = Math.max(Math.floor(afterMs), -1, (timing.startsAt ?? 0) - 1);
      if (!parsed.ok || !(after < INSTANT_MS_MAX)) return null;
      const { schedule } = parsed;
      const fire =
        schedule.kind === "every"
          ? nextMultiple(after, schedule.intervalMs, timing.startsAt ?? 0)
          : nextCronFire({ segmentAt, ...schedule, ...clockChangePolicy(timing, schedule.slots) }, after);
      return fire !== null && timing.endsAt !== null && fire >= timing.endsAt ? null : fire;
    },
  };
}

/** Reads one schedule; a `ScheduleReader` is faster for more. */
export function parseSchedule(text: string, timezone: string): ParsedSchedule {
  return createScheduleReader().parse(text, timezone);
}

/** One fire of one schedule; a `ScheduleReader` is faster for more. */
export function nextFire(timing: ScheduleTiming, afterMs: number): number | null {
  return createScheduleReader().nextFire(timing, afterMs);
}

function readSchedule(text: string, timezone: string, zones: TimeZones): ParsedSchedule {
  if (!zones.hasOffsets(timezone)) return inNoZone(timezone);
  if (text.length > TEXT_LENGTH_MAX) {
    const problem = `A schedule has at most ${TEXT_LENGTH_MAX} characters; this has ${text.length}`;
    return { ok: false, in: "schedule", problem, start: 0, end: text.length };
  }
  const known = readWritten(text, timezone);
  const meant = known.ok ? null : scheduleMeantBy(text);
  if (meant === null) return known;
  const { text: problem, ...nearest } = meant;
  return { ok: false, in: "schedule", problem, ...nearest, start: 0, end: text.length };
}

function readWritten(text: string, timezone: string): ParsedSchedule {
  const every = /^\s*every\s+(\S.*?)\s*$/i.exec(text);
  if (every?.[1] !== undefined) return readInterval(text, every[1]);
  const misspelt = /^\s*([a-z]+)\s+(\S+)\s*$/i.exec(text);
  if (misspelt?.[1] !== undefined && misspelt[2] !== undefined && parseDuration(misspelt[2]) !== null) {
    return notEvery(text, misspelt[1], misspelt[2]);
  }
  const cron = readCron(text);
  if ("message" in cron) {
    const { message: problem, ...where } = cron;
    return { ok: false, in: "schedule", problem, ...where };
  }
  return { ok: true, schedule: { kind: "cron", slots: cron, timezone } };
}

function inNoZone(timezone: string): ParsedSchedule {
  const problem = noTimeZone(timezone).message;
  return { ok: false, in: "timezone", problem, start: 0, end: timezone.length };
}

/** A word and a duration, such as `evry 15m`: only one word makes sense there. */
function notEvery(text: string, word: string, interval: string): ParsedSchedule {
  const problem = `"${word.slice(0, 60)}" is not a word of schedules. Did you mean "every ${interval}"?`;
  const start = text.indexOf(word);
  return { ok: false, in: "schedule", problem, start, end: start + word.length };
}

function readInterval(text: string, interval: string): ParsedSchedule {
  const intervalMs = parseDuration(interval);
  if (intervalMs !== null && intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX) {
    return { ok: true, schedule: { kind: "every", intervalMs } };
  }
  const problem =
    intervalMs === null
      ? `"${interval.slice(0, 60)}" is no duration: write one such as "every 15m"`
      : `"${interval}" is out of range: an interval is from 1s to 366d`;
  const start = text.lastIndexOf(interval);
  return { ok: false, in: "schedule", problem, start, end: start + interval.length };
}

/** The first of `origin`, `origin + interval`, … after an instant. Without `starts` the origin is midnight UTC of 1970. */
function nextMultiple(after: number, intervalMs: number, origin: number): number {
  return origin + Math.max(0, Math.floor((after - origin) / intervalMs) + 1) * intervalMs;
}

/** What a cron does when clocks change, with what `auto` stands for: see "Clock changes" in the language reference. */
export function clockChangePolicy(
  timing: Pick<ScheduleTiming, "gap" | "overlap">,
  slots: CronSlots,
): { readonly runsAfterGap: boolean; readonly firesTwice: boolean } {
  return {
    runsAfterGap: timing.gap === "auto" ? !slots.isEveryHour : timing.gap === "run_after",
    firesTwice: timing.overlap === "auto" ? slots.isEveryHour : timing.overlap === "twice",
  };
}

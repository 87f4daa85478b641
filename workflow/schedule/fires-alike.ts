import { canonicalSchedule } from "./canonical-schedule.js";
import { readField, type FieldRange } from "./cron-field.js";
import { clockChangePolicy, type ScheduleReader, type ScheduleTiming } from "./schedule.js";

/**
 * What decides at which instants a schedule fires, as plain data, which is equal for nearly all that fire at the same ones: `every 6h`
 * is `0 0,6,12,18 * * *` in UTC. Null for a schedule that cannot be read.
 */
export function firesAlike(timing: ScheduleTiming, schedules: ScheduleReader): object | null {
  const parsed = schedules.parse(timing.schedule, timing.timezone);
  if (!parsed.ok) return null;
  const { schedule } = parsed;
  const { startsAt, endsAt } = timing;
  if (schedule.kind === "every") {
    const slots = startsAt === null ? slotsOfInterval(schedule.intervalMs) : null;
    if (slots !== null) return { slots, timezone: "utc", startsAt, endsAt };
    return { intervalMs: schedule.intervalMs, startsAt, endsAt };
  }
  const slots = slotsOfCron(timing.schedule);
  const timezone = canonicalZone(timing.timezone);
  // UTC has no clock changes.
  if (timezone === "utc") return { slots, timezone, startsAt, endsAt };
  return { slots, timezone, startsAt, endsAt, ...clockChangePolicy(timing, schedule.slots) };
}

/** The fields of time, of which a list of all is a star. Those of days are left as they are: there a star means more. */
const TIME_FIELDS: Readonly<Record<number, FieldRange>> = {
  0: { min: 0, max: 59 },
  1: { min: 0, max: 59 },
  2: { min: 0, max: 23 },
  4: { min: 1, max: 12 },
};

/** The six fields of a cron. */
function slotsOfCron(text: string): string {
  const fields = canonicalSchedule(text).split(" ");
  const six = fields.length === 5 ? ["0", ...fields] : fields;
  return six.map((field, index) => numbersOf(field, TIME_FIELDS[index])).join(" ");
}

function numbersOf(field: string, range: FieldRange | undefined): string {
  const parts = range === undefined ? null : readField(field, range);
  if (range === undefined || parts === null) return field;
  const numbers = new Set<number>();
  for (const { from, to, step } of parts) {
    for (let number = from; number <= to; number += step) numbers.add(number);
  }
  return written(numbers, range.max - range.min + 1);
}

/** An interval that divides a minute, an hour or a day into equal parts counts from midnight UTC, as a cron does; null for another one. */
function slotsOfInterval(intervalMs: number): string | null {
  const seconds = partsOf(60, intervalMs / SECOND_MS);
  if (seconds !== null) return `${seconds} * * * * *`;
  const minutes = partsOf(60, intervalMs / (60 * SECOND_MS));
  if (minutes !== null) return `0 ${minutes} * * * *`;
  const hours = partsOf(24, intervalMs / (3600 * SECOND_MS));
  return hours === null ? null : `0 0 ${hours} * * *`;
}

const SECOND_MS = 1000;

function partsOf(whole: number, step: number): string | null {
  if (!Number.isInteger(step) || whole % step !== 0) return null;
  return written(new Set(Array.from({ length: whole / step }, (_, part) => part * step)), whole);
}

function written(numbers: ReadonlySet<number>, all: number): string {
  return numbers.size === all ? "*" : [...numbers].sort((one, other) => one - other).join(",");
}

/** The names of time zones have no case, and UTC has several of them. */
function canonicalZone(name: string): string {
  const zone = name.toLowerCase();
  return /^(?:etc\/)?(?:utc|uct|gmt|universal|zulu)$/.test(zone) ? "utc" : zone;
}

import type { TimeZones } from "../types/time-zones.js";

/** Stretches of a calendar, the shortest first. A week begins on Monday. */
export const PERIOD_UNITS = ["hour", "day", "week", "month", "year"] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

/** Half-open, in epoch milliseconds. */
export interface CalendarPeriod {
  readonly unit: PeriodUnit;
  readonly startsAt: number;
  readonly endsAt: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The shortest unit that such a distance between slots fits in; an hour more, for days on which a clock changes. */
export function unitOfInterval(intervalMs: number): PeriodUnit {
  if (intervalMs <= HOUR_MS) return "hour";
  if (intervalMs <= DAY_MS + HOUR_MS) return "day";
  if (intervalMs <= 7 * DAY_MS + HOUR_MS) return "week";
  return intervalMs <= 31 * DAY_MS + HOUR_MS ? "month" : "year";
}

/** The hour, day, week, month or year of a time zone's calendar that an instant lies in. */
export function periodAround(
  instantMs: number,
  unit: PeriodUnit,
  { timezone, zones }: { readonly timezone: string; readonly zones: TimeZones },
): CalendarPeriod {
  const wall = new Date(instantMs + zones.offsetMs(timezone, instantMs));
  const year = wall.getUTCFullYear();
  const month = wall.getUTCMonth();
  const day = wall.getUTCDate();
  const monday = day - ((wall.getUTCDay() + 6) % 7);
  const starts: Readonly<Record<PeriodUnit, readonly [start: number, end: number]>> = {
    hour: [
      Date.UTC(year, month, day, wall.getUTCHours()),
      Date.UTC(year, month, day, wall.getUTCHours() + 1),
    ],
    day: [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)],
    week: [Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7)],
    month: [Date.UTC(year, month), Date.UTC(year, month + 1)],
    year: [Date.UTC(year, 0), Date.UTC(year + 1, 0)],
  };
  const [start, end] = starts[unit];
  return { unit, startsAt: instantOf(start, timezone, zones), endsAt: instantOf(end, timezone, zones) };
}

/** The instant of a wall clock time; where the clock skips it, the first one after. */
function instantOf(wallMs: number, timezone: string, zones: TimeZones): number {
  const guess = wallMs - zones.offsetMs(timezone, wallMs);
  return wallMs - zones.offsetMs(timezone, guess);
}

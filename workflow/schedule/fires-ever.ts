import type { ScheduleReader, ScheduleTiming } from "./schedule.js";

/** Where the search for a slot begins when the schedule does not say: any instant will do. */
const FROM_MS = Date.UTC(2026, 0, 5);
/** Longer than from one leap day to the next. */
const SEARCH_MS = 9 * 366 * 86_400_000;

/** Whether there is any instant at which a schedule fires or has fired. It does not depend on the day on which it is asked. */
export function firesEver(timing: ScheduleTiming, schedules: ScheduleReader): boolean {
  const { startsAt, endsAt } = timing;
  const fromMs = startsAt ?? (endsAt === null ? FROM_MS : endsAt - SEARCH_MS);
  return schedules.nextFire(timing, fromMs - 1) !== null;
}

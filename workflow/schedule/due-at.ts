import type { Expectation } from "../definition/definition.js";
import type { ScheduleReader } from "./schedule.js";

/**
 * By when a run should have ended, epoch milliseconds: at the first such time of day after the time for which it is scheduled,
 * or so long after it was created, whichever comes first. A time of day that a clock change jumps over is the first instant after it. Null when nothing is expected.
 */
export function dueAt(
  reader: Pick<ScheduleReader, "nextFire">,
  expect: Expectation | null,
  run: { readonly scheduledAt: number; readonly createdAt: number },
): number | null {
  if (expect === null) return null;
  const { completeBy, timezone, withinMs } = expect;
  const byTime = completeBy === null ? null : reader.nextFire(daily(completeBy, timezone), run.scheduledAt);
  const byDuration = withinMs === null ? null : run.createdAt + withinMs;
  if (byTime === null || byDuration === null) return byTime ?? byDuration;
  return Math.min(byTime, byDuration);
}

function daily(timeOfDay: string, timezone: string): Parameters<ScheduleReader["nextFire"]>[0] {
  const [hour = "0", minute = "0"] = timeOfDay.split(":");
  const schedule = `${Number(minute)} ${Number(hour)} * * *`;
  return { schedule, timezone, gap: "run_after", overlap: "once", startsAt: null, endsAt: null };
}

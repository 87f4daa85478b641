import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import type { ClockChange } from "../schedule/clock-changes.js";
import type { CronSlots } from "../schedule/cron-slots.js";
import type { ScheduleTiming } from "../schedule/schedule.js";
import type { Calendar } from "./calendar.js";

/** Every zone that still changes its clock does so within two years of any instant. */
const SPAN_MS = 2 * 366 * 86_400_000;

/**
 * Tells of a time of day that a clock change skips or repeats, unless the author has said what is to happen then. A cron with
 * any hour counts elapsed time, for which that is plain.
 */
export function checkClockChanges(
  timing: ScheduleTiming,
  { range, report }: { readonly range: TextRange; readonly report: Report },
  { todayMs, schedules }: Calendar,
): void {
  if (timing.timezone === "UTC" || !namesHours(timing.schedule)) return;
  const parsed = schedules.parse(timing.schedule, timing.timezone);
  if (!parsed.ok || parsed.schedule.kind !== "cron") return;
  const { slots } = parsed.schedule;
  const fromMs = Math.max(todayMs, timing.startsAt ?? todayMs);
  const untilMs = Math.min(fromMs + SPAN_MS, (timing.endsAt ?? Number.POSITIVE_INFINITY) - 1);
  const changes = schedules.clockChanges(timing.timezone, { afterMs: fromMs, untilMs });
  const gap = changes.find((change) => isInGap(slots, change));
  const overlap = changes.find((change) => isInOverlap(slots, change, timing.endsAt));
  const told = [
    ...(gap === undefined
      ? []
      : [`does not exist on ${dayOf(gap)}: it then runs after the gap ("gap: run_after")`]),
    ...(overlap === undefined
      ? []
      : [`comes twice on ${dayOf(overlap)}: it then runs once ("overlap: once")`]),
  ];
  if (told.length === 0) return;
  const message = `In ${timing.timezone} this time of day ${told.join(", and ")}`;
  report({ code: "schedule-clock-change", message, range });
}

/** The hour field, of five or six, holds no star. */
function namesHours(schedule: string): boolean {
  const fields = schedule.trim().split(/\s+/);
  return (fields.length === 5 || fields.length === 6) && !(fields.at(-4) ?? "*").includes("*");
}

/** A slot is on the wall clock where the gap is; it moves to the end of the gap, unless one is there anyway. */
function isInGap(slots: CronSlots, { at, offsetMsBefore, offsetMsAfter }: ClockChange): boolean {
  const gapEndsAt = at + offsetMsAfter;
  const slot = offsetMsAfter > offsetMsBefore ? slots.nextAtOrAfter(at + offsetMsBefore) : null;
  return slot !== null && slot < gapEndsAt && slots.nextAtOrAfter(gapEndsAt) !== gapEndsAt;
}

/** A slot is on the wall clock where it is set back to, for the second time before the schedule ends. */
function isInOverlap(
  slots: CronSlots,
  { at, offsetMsBefore, offsetMsAfter }: ClockChange,
  endsAt: number | null,
): boolean {
  const slot = offsetMsAfter < offsetMsBefore ? slots.nextAtOrAfter(at + offsetMsAfter) : null;
  if (slot === null || slot >= at + offsetMsBefore) return false;
  return endsAt === null || slot - offsetMsAfter < endsAt;
}

/** The day on the wall clock. */
function dayOf({ at, offsetMsAfter }: ClockChange): string {
  return new Date(at + offsetMsAfter).toISOString().slice(0, 10);
}

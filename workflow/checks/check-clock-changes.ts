import type { TextRange } from "../diagnostics/diagnostic.js";
import type { ClockChange } from "../schedule/clock-changes.js";
import type { ScheduleReader, ScheduleTiming } from "../schedule/schedule.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Every zone that still changes its clock does so within two years of any instant. */
const SPAN_MS = 2 * 366 * 86_400_000;

/**
 * Tells of a time of day that a clock change skips or repeats, unless the author has said what is to happen then. A cron with
 * any hour counts elapsed time, for which that is plain.
 */
export function checkClockChanges(
  timing: ScheduleTiming,
  { range, fromMs }: { readonly range: TextRange; readonly fromMs: number },
  { schedules, report }: Pick<WorkflowCheck, "schedules" | "report">,
): void {
  if (timing.timezone === "UTC" || !namesHours(timing.schedule)) return;
  const changes = schedules.clockChanges(timing.timezone, { afterMs: fromMs, untilMs: fromMs + SPAN_MS });
  const gap = changes.find((change) => isInGap(timing, change, schedules));
  const overlap = changes.find((change) => isInOverlap(timing, change, schedules));
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

/** `run_after` moves what the gap holds to its end, where otherwise nothing may be. */
function isInGap(
  timing: ScheduleTiming,
  { at, offsetMsBefore, offsetMsAfter }: ClockChange,
  schedules: ScheduleReader,
): boolean {
  if (offsetMsAfter <= offsetMsBefore) return false;
  const after = schedules.nextFire({ ...timing, gap: "run_after" }, at - 1);
  return after === at && schedules.nextFire({ ...timing, gap: "skip" }, at - 1) !== at;
}

function isInOverlap(
  timing: ScheduleTiming,
  { at, offsetMsBefore, offsetMsAfter }: ClockChange,
  schedules: ScheduleReader,
): boolean {
  if (offsetMsAfter >= offsetMsBefore) return false;
  const twice = schedules.nextFire({ ...timing, overlap: "twice" }, at - 1);
  return twice !== null && twice !== schedules.nextFire({ ...timing, overlap: "once" }, at - 1);
}

/** The day on the wall clock. */
function dayOf({ at, offsetMsAfter }: ClockChange): string {
  return new Date(at + offsetMsAfter).toISOString().slice(0, 10);
}

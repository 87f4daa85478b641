import type { ScheduleTiming } from "@headwater/workflow";
import { itemsOf, valueOr, type FileModel } from "@headwater/workflow/navigation";
import type { Almanac } from "./hover/schedule-hover.js";
import type { Project } from "./project.js";

type WorkflowModel = Extract<FileModel, { readonly kind: "workflow" }>;
type Triggers = NonNullable<WorkflowModel["fields"]["triggers"]>["value"];

/** When a workflow runs by itself next. */
export interface NextFire {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly timezone: string;
}

/** The earliest fire of all schedules of a workflow; null when none fires any more. */
export function nextFireOf(
  { fields }: WorkflowModel,
  project: Project,
  { nowMs, reader }: Almanac,
): NextFire | null {
  const fires = itemsOf(fields.triggers).flatMap((trigger) => {
    const timing = timingOf(trigger, project);
    const at = timing === null ? null : reader.nextFire(timing, nowMs);
    return timing === null || at === null ? [] : [{ at, timezone: timing.timezone }];
  });
  return fires.sort((one, other) => one.at - other.at)[0] ?? null;
}

/** What decides when the schedule of a trigger fires; null when it has none. */
export function timingOf(trigger: Triggers[number], project: Project): ScheduleTiming | null {
  const { schedule, timezone, gap, overlap, starts, ends } = trigger.value;
  if (schedule === undefined) return null;
  return {
    schedule: schedule.value,
    timezone: valueOr(timezone, project.defaults.timezone),
    gap: valueOr(gap, "auto"),
    overlap: valueOr(overlap, "auto"),
    startsAt: valueOr(starts, null),
    endsAt: valueOr(ends, null),
  };
}

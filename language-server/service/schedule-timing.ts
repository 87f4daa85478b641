import type { ScheduleTiming } from "@headwater/workflow";
import { valueOr, type FileModel } from "@headwater/workflow/navigation";
import type { Project } from "./project.js";

type Triggers = NonNullable<Extract<FileModel, { kind: "workflow" }>["fields"]["triggers"]>["value"];

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

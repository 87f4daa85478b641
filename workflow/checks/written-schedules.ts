import type { CompiledWorkflow } from "../project/compiled-project.js";
import type { ScheduleTrigger } from "../definition/definition.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import { itemsOf } from "../schema/field-value.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";

/** A schedule of a workflow: as it is written, and as it is meant with the defaults of the project. */
export interface WrittenSchedule {
  /** Of its text. */
  readonly range: TextRange;
  /** Whether its author has said what a clock change does. */
  readonly saysClockChanges: boolean;
  readonly trigger: ScheduleTrigger;
}

/** The schedules of a file, in their order. */
export function writtenSchedules(
  { triggers }: Pick<WorkflowFields, "triggers">,
  workflow: CompiledWorkflow | null,
): readonly WrittenSchedule[] {
  const written = itemsOf(triggers).flatMap(({ value: { schedule, gap, overlap } }) =>
    schedule === undefined
      ? []
      : [{ range: schedule.range, saysClockChanges: gap !== undefined || overlap !== undefined }],
  );
  const meant = (workflow?.definition.triggers ?? []).filter((trigger) => trigger.kind === "schedule");
  // Each trigger with a schedule is compiled to one.
  return written.flatMap((one, index) => {
    const trigger = meant[index];
    return trigger === undefined ? [] : [{ ...one, trigger }];
  });
}

import type { ScheduleTrigger } from "../definition/definition.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import { itemsOf } from "../schema/field-value.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { CheckedFile } from "./checked-file.js";

/** A schedule of a workflow: as it is written, and as it is meant with the defaults of the project. */
export interface WrittenSchedule {
  readonly fields: TriggerFields;
  /** Of its text. */
  readonly range: TextRange;
  readonly trigger: ScheduleTrigger;
}

/** The schedules of a file, in their order. */
export function writtenSchedules({
  fields,
  workflow,
}: Pick<CheckedFile, "fields" | "workflow">): readonly WrittenSchedule[] {
  const written = itemsOf(fields.triggers).flatMap(({ value }) =>
    value.schedule === undefined ? [] : [{ fields: value, range: value.schedule.range }],
  );
  const meant = (workflow?.definition.triggers ?? []).filter((trigger) => trigger.kind === "schedule");
  // Each trigger with a schedule is compiled to one.
  return written.flatMap((one, index) => {
    const trigger = meant[index];
    return trigger === undefined ? [] : [{ ...one, trigger }];
  });
}

import type { ScheduleTrigger } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { ScheduleReader } from "../schedule/schedule.js";
import { itemsOf } from "../schema/field-value.js";
import { formatDuration } from "../types/duration.js";
import type { CheckedFile } from "./checked-file.js";

/** How long a run of a workflow usually takes, in milliseconds, by the workflow's id. */
export type UsualDurations = ReadonlyMap<string, number>;

/** Fires that are looked at: a week of an hourly schedule has them all. */
const FIRES = 24 * 7;
/** Any time will do where the schedule says none: it is a Monday. */
const FROM = Date.UTC(2026, 0, 5);

/** The average time between two fires of each schedule of a workflow, as `averageGapsOf` tells it: dear, so it is remembered by file. */
export type GapsOf = (file: CheckedFile) => readonly (number | null)[];

/** A schedule leaves the time that a run usually takes: otherwise runs queue up, or are superseded, for ever. */
export function checkFrequency(
  files: readonly CheckedFile[],
  history: UsualDurations,
  gapsOf: GapsOf,
): readonly Diagnostic[] {
  if (history.size === 0) return [];
  return files.flatMap((file) => {
    const { path, workflow, fields } = file;
    const usualMs = history.get(workflow?.id ?? "");
    if (workflow === null || usualMs === undefined) return [];
    const { report, diagnostics } = collectFindings(path);
    const written = itemsOf(fields.triggers).flatMap(({ value }) => value.schedule ?? []);
    const { limit } = workflow.properties.runStrategy;
    for (const [index, everyMs] of gapsOf(file).entries()) {
      const range = written[index]?.range;
      if (range === undefined || everyMs === null || everyMs * limit >= usualMs) continue;
      const message = `This fires every ${formatDuration(everyMs)} on average, and a run usually takes ${formatDuration(usualMs)}: runs cannot keep up`;
      report({ code: "schedule-too-frequent", message, range });
    }
    return diagnostics;
  });
}

/** Milliseconds, of each schedule in order; null for one that fires less than twice. */
export function averageGapsOf(
  { workflow }: CheckedFile,
  schedules: ScheduleReader,
): readonly (number | null)[] {
  return (workflow?.definition.triggers ?? [])
    .filter((trigger) => trigger.kind === "schedule")
    .map((trigger) => averageGapMs(trigger, schedules));
}

function averageGapMs(trigger: ScheduleTrigger, schedules: ScheduleReader): number | null {
  const from = trigger.startsAt ?? FROM;
  let first: number | null = null;
  let last: number | null = null;
  let count = 0;
  for (
    let at = schedules.nextFire(trigger, from);
    at !== null && count < FIRES;
    at = schedules.nextFire(trigger, at)
  ) {
    first ??= at;
    last = at;
    count += 1;
  }
  return first === null || last === null || count < 2 ? null : Math.round((last - first) / (count - 1));
}

import type { ScheduleTrigger } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import { firesAfter } from "../schedule/fires-after.js";
import type { ScheduleReader } from "../schedule/schedule.js";
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
    const { path, workflow } = file;
    const usualMs = history.get(workflow?.id ?? "");
    if (workflow === null || usualMs === undefined) return [];
    const { report, diagnostics } = collectFindings(path);
    const { limit } = workflow.properties.runStrategy;
    for (const [index, everyMs] of gapsOf(file).entries()) {
      const range = file.schedules[index]?.range;
      if (range === undefined || everyMs === null || everyMs * limit >= usualMs) continue;
      const message = `This fires every ${formatDuration(everyMs)} on average, and a run usually takes ${formatDuration(usualMs)}: runs cannot keep up`;
      report({ code: "schedule-too-frequent", message, range });
    }
    return diagnostics;
  });
}

/** Milliseconds, of each schedule in order; null for one that fires less than twice. */
export function averageGapsOf(file: CheckedFile, schedules: ScheduleReader): readonly (number | null)[] {
  return file.schedules.map(({ trigger }) => averageGapMs(trigger, schedules));
}

function averageGapMs(trigger: ScheduleTrigger, schedules: ScheduleReader): number | null {
  const fires: number[] = [];
  for (const fire of firesAfter(trigger, trigger.startsAt ?? FROM, schedules)) {
    fires.push(fire);
    if (fires.length === FIRES) break;
  }
  const [first, last] = [fires[0], fires.at(-1)];
  if (first === undefined || last === undefined || fires.length < 2) return null;
  return Math.round((last - first) / (fires.length - 1));
}

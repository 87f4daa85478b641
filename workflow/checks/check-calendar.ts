import type { ScheduleTrigger } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import { firesEver } from "../schedule/fires-ever.js";
import { formatTimestamp } from "../types/instant.js";
import type { Calendar } from "./calendar.js";
import { checkClockChanges } from "./check-clock-changes.js";
import type { CheckedFile } from "./checked-file.js";

/** What the calendar says of the schedules of a file, from a day on: which fire no more, and what clock changes do to them. */
export function checkCalendar(file: CheckedFile, calendar: Calendar): readonly Diagnostic[] {
  const { report, diagnostics } = collectFindings(file.path);
  for (const { saysClockChanges, range, trigger } of file.schedules) {
    const over = reasonItIsOver(trigger, calendar);
    if (over !== null) {
      report({ code: "schedule-never-fires", message: `This schedule fires no more: ${over}`, range });
    } else if (!saysClockChanges) {
      checkClockChanges(trigger, { range, report }, calendar);
    }
  }
  return diagnostics;
}

/** Null for a schedule that still fires, and for one that never did, which is told whatever the day. */
function reasonItIsOver(trigger: ScheduleTrigger, { todayMs, schedules }: Calendar): string | null {
  const { endsAt } = trigger;
  if (endsAt === null || schedules.nextFire(trigger, todayMs - 1) !== null) return null;
  if (!firesEver(trigger, schedules)) return null;
  const end = formatTimestamp(endsAt);
  return endsAt <= todayMs ? `it ended at ${end}` : `no date is like that before it ends at ${end}`;
}

import { writeInstead } from "../diagnostics/nearest-name.js";
import { canonicalJson } from "../compile/canonical-json.js";
import { jsonOf } from "../compile/compile-value.js";
import { compileParamDefinitions } from "../compile/compile-params.js";
import type { Report } from "../diagnostics/report.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import { keysOf } from "../schema/schema.js";
import {
  KINDS_OF_TRIGGER_KEY,
  TRIGGER_KINDS,
  triggerSchema,
  type TriggerFields,
} from "../schema/trigger-schema.js";
import { firesEver } from "../schedule/fires-ever.js";
import type { ScheduleTiming } from "../schedule/schedule.js";
import type { Field } from "../schema/record.js";
import { noTimeZone } from "../types/time-zones.js";
import { checkMatch } from "./check-match.js";
import { checkTriggerParams } from "./check-trigger-params.js";
import { reportDuplicateTriggers } from "./duplicate-triggers.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** So many signals may be joined: each one that waits is kept. */
const JOINED_MAX = 20;

/** A trigger is of one kind and has its keys only; its schedule, time zone, conditions and params are right. */
export function checkTriggers(check: WorkflowCheck): void {
  const triggers = itemsOf(check.fields.triggers);
  if (triggers.length === 0) return;
  const params = compileParamDefinitions(itemsOf(check.fields.params));
  for (const trigger of triggers) {
    checkKind(trigger, check);
    checkSchedule(trigger.value, check);
    checkMatch(trigger.value.match, check.report);
    checkJoined(trigger.value, check);
    checkTriggerParams(trigger, params, check);
  }
  reportDuplicateTriggers(triggers, check);
}

function checkKind({ value, node, range }: Located<TriggerFields>, { report }: WorkflowCheck): void {
  const entries = node.kind === "map" ? node.entries : [];
  const kinds = TRIGGER_KINDS.filter((kind) => entries.some((entry) => entry.key === kind));
  const [kind, second] = kinds;
  if (kind === undefined) {
    // An unknown key has been told of, and says what the trigger was to be.
    if (entries.some(({ key }) => !Object.hasOwn(KEYS_OF_TRIGGER, key))) return;
    const message = `A trigger has one of ${TRIGGER_KINDS.join(", ")}`;
    report({ code: "missing-key", message, range: entries[0]?.keyRange ?? range });
    return;
  }
  if (second !== undefined) {
    const message = `A trigger has one of "${kind}" and "${second}", not both: write two triggers`;
    report({ code: "misplaced-key", message, range: value[second]?.keyRange ?? range });
    return;
  }
  reportForeignKeys(kind, value, report);
}

const KEYS_OF_TRIGGER = keysOf(triggerSchema);

function reportForeignKeys(
  kind: (typeof TRIGGER_KINDS)[number],
  fields: TriggerFields,
  report: Report,
): void {
  for (const [key, kinds] of Object.entries(KINDS_OF_TRIGGER_KEY)) {
    // The table has keys of a trigger only.
    const field = fields[key as keyof typeof KINDS_OF_TRIGGER_KEY];
    if (field === undefined || kinds.some((other) => other === kind)) continue;
    const message = `"${key}" belongs to a trigger with "${kinds.join('" or "')}"; this one has "${kind}"`;
    report({ code: "misplaced-key", message, range: field.keyRange });
  }
}

function checkJoined({ all }: TriggerFields, check: WorkflowCheck): void {
  if (all === undefined) return;
  const { length } = all.value;
  if (length === 0 || length > JOINED_MAX) {
    const message = `"all" joins 1 to ${JOINED_MAX} signals; here are ${length}`;
    check.report({ code: "invalid-value", message, range: all.keyRange });
  }
  for (const { value } of all.value) checkMatch(value.value.match, check.report);
  reportJoinedTwice(all.value, check.report);
}

/** A signal counts for each of the joined that it matches: two that ask for the same wait for one. */
function reportJoinedTwice(joined: NonNullable<TriggerFields["all"]>["value"], report: Report): void {
  const first = new Map<string, string>();
  for (const { key, keyRange, value } of joined) {
    const { signal, match } = value.value;
    if (signal === undefined) continue;
    const asked = canonicalJson([signal.value, match === undefined ? {} : jsonOf(match.node)]);
    const other = first.get(asked);
    if (other === undefined) {
      first.set(asked, key);
      continue;
    }
    const message = `"${key}" waits for the same signals as "${other}", and one counts for both: say in "match" what tells them apart, or leave one out`;
    report({ code: "duplicate-trigger", message, range: keyRange });
  }
}

/** A schedule fires at all, whatever the day; what depends on the day is for `checkCalendar`. */
function checkFires(fields: TriggerFields, schedule: Field<string>, check: WorkflowCheck): void {
  const timing: ScheduleTiming = {
    schedule: schedule.value,
    timezone: valueOr(fields.timezone, check.defaults.timezone),
    gap: valueOr(fields.gap, "auto"),
    overlap: valueOr(fields.overlap, "auto"),
    startsAt: valueOr(fields.starts, null),
    endsAt: valueOr(fields.ends, null),
  };
  if (firesEver(timing, check.schedules)) return;
  const message = `This schedule never fires: ${reasonOf(timing)}`;
  check.report({ code: "schedule-never-fires", message, range: schedule.range });
}

function reasonOf({ startsAt, endsAt }: ScheduleTiming): string {
  if (endsAt === null) return "no date is like that";
  return startsAt !== null && endsAt <= startsAt
    ? "it ends before it starts"
    : "no date is like that before it ends";
}

/** An interval goes on whatever the clocks do. */
function checkElapsedTime({ gap, overlap }: TriggerFields, report: Report): void {
  for (const field of [gap, overlap]) {
    if (field === undefined) continue;
    const message =
      '"every" counts elapsed time, which no clock change skips or repeats: this key changes nothing';
    report({ code: "key-without-effect", message, range: field.keyRange });
  }
}

function checkSchedule(fields: TriggerFields, check: WorkflowCheck): void {
  const { schedule, timezone } = fields;
  if (schedule === undefined) return;
  const parsed = check.schedules.parse(schedule.value, valueOr(timezone, check.defaults.timezone));
  if (parsed.ok) {
    if (parsed.schedule.kind === "every") checkElapsedTime(fields, check.report);
    return checkFires(fields, schedule, check);
  }
  if (parsed.in === "timezone") {
    // That of the project's defaults is told of in their file.
    if (timezone !== undefined) {
      check.report({ code: "unknown-timezone", ...noTimeZone(timezone.value), range: timezone.range });
    }
    return;
  }
  const quote = check.text.slice(schedule.range.start).startsWith(schedule.value) ? 0 : 1;
  const start = Math.min(schedule.range.start + quote + parsed.start, schedule.range.end);
  const end = Math.min(schedule.range.start + quote + parsed.end, schedule.range.end);
  const range = end > start ? { start, end } : schedule.range;
  const mend = parsed.nearest === undefined ? {} : writeInstead(parsed.nearest, range);
  check.report({ code: "invalid-schedule", message: parsed.problem, range, ...mend });
}

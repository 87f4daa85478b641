import { canonicalJson } from "../compile/canonical-json.js";
import { compileTriggers } from "../compile/compile-triggers.js";
import { jsonOf } from "../compile/compile-value.js";
import type { ScheduleTrigger, Trigger } from "../definition/definition.js";
import { firesAlike } from "../schedule/fires-alike.js";
import type { Located } from "../schema/schema.js";
import { KINDS_OF_TRIGGER_KEY, TRIGGER_KINDS, type TriggerFields } from "../schema/trigger-schema.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Tells of each trigger that starts the same runs as one above it, however the two are written. */
export function reportDuplicateTriggers(
  triggers: readonly Located<TriggerFields>[],
  check: WorkflowCheck,
): void {
  if (triggers.length < 2) return;
  const schedules = new Map<string, string | undefined>();
  for (const trigger of triggers) {
    const { value, range } = trigger;
    const key = keyOf(trigger, check);
    const kind = TRIGGER_KINDS.find((candidate) => value[candidate] !== undefined);
    if (schedules.has(key) && kind !== undefined) {
      const message = messageFor(schedules.get(key), value.schedule?.value);
      check.report({ code: "duplicate-trigger", message, range: value[kind]?.range ?? range });
    } else {
      schedules.set(key, value.schedule?.value);
    }
  }
}

function messageFor(first: string | undefined, second: string | undefined): string {
  return first === second
    ? "The same trigger stands above: leave one of them out"
    : `This schedule fires whenever "${first}" above does: leave one of them out`;
}

/** Equal for triggers that mean the same; by its words for one that cannot be read in full, or has keys of another kind. */
function keyOf(trigger: Located<TriggerFields>, check: WorkflowCheck): string {
  const [compiled] = isSound(trigger) ? compileTriggers([trigger], check.defaults.timezone) : [];
  const meaning = compiled === undefined ? null : meaningOf(compiled, check);
  return canonicalJson(meaning ?? jsonOf(trigger.node));
}

function isSound({ value, node }: Located<TriggerFields>): boolean {
  const keys = Object.entries(value).flatMap(([key, field]) => (field === undefined ? [] : [key]));
  if (node.kind !== "map" || node.entries.length !== keys.length) return false;
  const kind = TRIGGER_KINDS.find((candidate) => value[candidate] !== undefined);
  const foreign = Object.entries(KINDS_OF_TRIGGER_KEY).filter(
    ([, kinds]) => !kinds.some((other) => other === kind),
  );
  return !foreign.some(([key]) => keys.includes(key));
}

function meaningOf(trigger: Trigger, check: WorkflowCheck): object | null {
  return trigger.kind === "schedule" ? meaningOfSchedule(trigger, check) : trigger;
}

/** Null where the schedule cannot be read. */
function meaningOfSchedule(trigger: ScheduleTrigger, { schedules }: WorkflowCheck): object | null {
  const fires = firesAlike(trigger, schedules);
  const { gap: _gap, overlap: _overlap, timezone: _timezone, schedule: _schedule, ...others } = trigger;
  return fires === null ? null : { ...others, fires };
}

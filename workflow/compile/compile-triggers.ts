import type { JoinedSignal, SignalMatch, Trigger } from "../definition/definition.js";
import type { ValueTemplate } from "../definition/value-template.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import { matchConditions } from "../schema/match-operators.js";
import type { Located } from "../schema/schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import { bareExpression, compileParams, compileText, jsonOf } from "./compile-value.js";

/** The triggers of a workflow; one that says nothing that can be executed is left out. */
export function compileTriggers(
  triggers: readonly Located<TriggerFields>[],
  timezone: string,
): readonly Trigger[] {
  return triggers.flatMap(({ value }) => compileTrigger(value, timezone) ?? []);
}

function compileTrigger(fields: TriggerFields, timezone: string): Trigger | null {
  const params = compileParams(fields.params);
  if (fields.schedule !== undefined) return scheduleTrigger(fields, fields.schedule.value, timezone);
  if (fields.signal !== undefined) {
    return {
      kind: "signal",
      signal: fields.signal.value,
      match: compileMatch(fields.match),
      ...compileConditions(fields),
      params,
    };
  }
  if (fields.all !== undefined) {
    return {
      kind: "all",
      signals: itemsOf(fields.all).flatMap(({ key, value }) => joinedSignal(key, value.value)),
      join: itemsOf(fields.join).map((param) => param.value),
      withinMs: valueOr(fields.within, null),
      ...compileConditions(fields),
      params,
    };
  }
  if (fields.workflow === undefined) return null;
  return { kind: "workflow", workflow: fields.workflow.value, on: valueOr(fields.on, "succeeded"), params };
}

function scheduleTrigger(fields: TriggerFields, schedule: string, timezone: string): Trigger {
  return {
    kind: "schedule",
    schedule: schedule.trim().replace(/\s+/g, " "),
    timezone: valueOr(fields.timezone, timezone),
    missed: valueOr(fields.missed, "latest"),
    gap: valueOr(fields.gap, "auto"),
    overlap: valueOr(fields.overlap, "auto"),
    jitterMs: valueOr(fields.jitter, 0),
    startsAt: valueOr(fields.starts, null),
    endsAt: valueOr(fields.ends, null),
    params: compileParams(fields.params),
  };
}

type JoinedSignalFields = NonNullable<TriggerFields["all"]>["value"][number]["value"]["value"];

function joinedSignal(name: string, { signal, match }: JoinedSignalFields): readonly JoinedSignal[] {
  return signal === undefined ? [] : [{ name, signal: signal.value, match: compileMatch(match) }];
}

function compileConditions({ if: condition, dedupe }: TriggerFields): {
  readonly if: string | null;
  readonly dedupe: ValueTemplate | null;
} {
  return {
    if: condition === undefined ? null : bareExpression(condition.value),
    dedupe: dedupe === undefined ? null : compileText(dedupe.value),
  };
}

/** All conditions must hold, so their order means nothing, and the order in the file makes no version. */
function compileMatch(match: TriggerFields["match"]): readonly SignalMatch[] {
  return matchConditions(match)
    .map(({ param, operator, node }) => ({ param, operator, value: jsonOf(node) }))
    .sort((a, b) => (`${a.param} ${a.operator}` < `${b.param} ${b.operator}` ? -1 : 1));
}

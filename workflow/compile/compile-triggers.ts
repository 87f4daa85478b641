import { itemsOf, valueOr } from "../schema/field-value.js";
import type { SignalMatch, Trigger } from "../definition/definition.js";
import type { ValueTemplate } from "../definition/value-template.js";
import type { MapItem } from "../schema/collections.js";
import type { Field } from "../schema/record.js";
import type { Located } from "../schema/schema.js";
import { MATCH_OPERATORS, type TriggerFields } from "../schema/trigger-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { bareExpression, compileValue, jsonOf } from "./compile-value.js";

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
    const match = compileMatch(fields.match);
    return { kind: "signal", signal: fields.signal.value, match, ...conditionsOf(fields), params };
  }
  if (fields.all !== undefined) return joinTrigger(fields, fields.all.value);
  if (fields.workflow === undefined) return null;
  return { kind: "workflow", workflow: fields.workflow.value, on: valueOr(fields.on, "succeeded"), params };
}

function joinTrigger(fields: TriggerFields, all: NonNullable<TriggerFields["all"]>["value"]): Trigger {
  return {
    kind: "all",
    signals: all.flatMap(({ key, value: { value } }) =>
      value.signal === undefined
        ? []
        : [{ name: key, signal: value.signal.value, match: compileMatch(value.match) }],
    ),
    join: itemsOf(fields.join).map(({ value }) => value),
    withinMs: valueOr(fields.within, null),
    ...conditionsOf(fields),
    params: compileParams(fields.params),
  };
}

function conditionsOf(fields: TriggerFields): {
  readonly if: string | null;
  readonly dedupe: ValueTemplate | null;
} {
  return {
    if: fields.if === undefined ? null : bareExpression(fields.if.value),
    dedupe: fields.dedupe === undefined ? null : compileValue(fields.dedupe.node),
  };
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

/** A map of values that may hold expressions. */
export function compileParams(
  params: Field<readonly MapItem<SyntaxNode>[]> | undefined,
): Record<string, ValueTemplate> {
  return Object.fromEntries(itemsOf(params).map(({ key, value }) => [key, compileValue(value.node)]));
}

function compileMatch(match: TriggerFields["match"]): readonly SignalMatch[] {
  return itemsOf(match).flatMap(({ key, value: { node } }): readonly SignalMatch[] => {
    if (node.kind !== "map") return [{ param: key, operator: "eq", value: jsonOf(node) }];
    return node.entries.flatMap((entry) => {
      const operator = MATCH_OPERATORS.find((known) => known === entry.key);
      return operator === undefined ? [] : [{ param: key, operator, value: jsonOf(entry.value) }];
    });
  });
}

import { bareExpression, compileValue } from "../compile/compile-value.js";
import { toCelValue } from "../expressions/cel-value.js";
import { constantValue } from "../expressions/constant-value.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import { checkValue, showValue } from "../types/check-value.js";
import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A loop begins: its condition holds for the first values of its variables, where it asks for nothing else. */
export function checkLoopBegin(
  step: StepNode,
  { checkers, library, report }: Pick<WorkflowCheck, "checkers" | "library" | "report">,
): void {
  const { while: condition } = step.fields;
  if (condition === undefined) return;
  const source = bareExpression(condition.value);
  const { references, problems } = checkers.whiles(step).check(source);
  if (problems.length > 0 || references.length === 0) return;
  const names = references.map(({ path: [root, name] }) => (root === "loop" ? (name ?? "") : ""));
  const first = firstValues(step, new Set(names), checkers.loopTypes(step));
  if (first === null) return;
  const loop = Object.fromEntries(first.map(({ name, value, type }) => [name, toCelValue(value, type)]));
  const holds = library.evaluator().condition(source, { loop });
  if (!holds.ok || holds.value) return;
  const shown = first.map(({ name, value }) => `${name} = ${showValue(value)}`).join(" and ");
  const message = `This condition is false at the beginning, with ${shown}: the steps of "${step.id}" never run`;
  report({ code: "condition-always-false", message, range: condition.range });
}

/** Whether the condition of a loop is true for the first values of its variables, whatever a run gives. */
export function surelyBegins(
  step: StepNode,
  { checkers, library }: Pick<WorkflowCheck, "checkers" | "library">,
): boolean {
  const { while: condition } = step.fields;
  // What is missing has a finding of its own.
  if (condition === undefined) return true;
  const types = checkers.loopTypes(step);
  const first = itemsOf(step.fields.vars).flatMap(({ key, value: { node } }) => {
    const type = types[key];
    const value = constantValue(compileValue(node), library);
    const isKnown = type !== undefined && value !== undefined && checkValue(value, type) === null;
    return isKnown ? [[key, toCelValue(value, type)] as const] : [];
  });
  // What it asks for beside them is unknown here, and an error, which `||` forgives where the rest is true.
  const begins = library.evaluator().condition(bareExpression(condition.value), {
    loop: Object.fromEntries(first),
  });
  return begins.ok && begins.value;
}

/** What a variable of a loop is at first. */
export interface FirstValue {
  readonly name: string;
  readonly value: Json;
  readonly type: ValueType;
}

/** What the variables are at first; null where that is not known of all of them before any run. */
export function firstValues(
  step: StepNode,
  names: ReadonlySet<string>,
  types: Readonly<Record<string, ValueType>>,
): readonly FirstValue[] | null {
  const values = itemsOf(step.fields.vars).flatMap(
    ({ key: name, value: { node } }): readonly FirstValue[] => {
      const type = types[name];
      const compiled = names.has(name) ? compileValue(node) : null;
      if (type === undefined || compiled?.kind !== "literal") return [];
      return checkValue(compiled.value, type) === null ? [{ name, value: compiled.value, type }] : [];
    },
  );
  return values.length === names.size ? values : null;
}

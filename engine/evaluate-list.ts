import { toCelValue } from "@headwater/workflow";
import type { CelValue, Evaluated, Evaluator, Scope, ValueTemplate } from "@headwater/workflow";

/** A template that must give a list. The items keep the types that they have inside expressions. */
export function evaluateList(
  evaluator: Evaluator,
  template: ValueTemplate,
  scope: Scope,
): Evaluated<readonly CelValue[]> {
  const value = evaluateAny(evaluator, template, scope);
  if (!value.ok) return value;
  if (isList(value.value)) return { ok: true, value: value.value };
  return { ok: false, message: `must be a list, is ${kindOf(value.value)}` };
}

function evaluateAny(evaluator: Evaluator, template: ValueTemplate, scope: Scope): Evaluated<CelValue> {
  if (template.kind === "expression") return evaluator.evaluate(template.source, scope);
  const value = evaluator.resolveValue(template, scope);
  const type = template.kind === "literal" ? template.type : undefined;
  return value.ok ? { ok: true, value: toCelValue(value.value, type ?? { name: "json" }) } : value;
}

// `Array.isArray` alone does not narrow readonly arrays.
function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

function kindOf(value: CelValue): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return "an int";
  if (value instanceof Date) return "a timestamp";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}

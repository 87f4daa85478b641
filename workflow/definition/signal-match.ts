import { canonicalJson } from "../compile/canonical-json.js";
import { isJsonList, type Json } from "../types/json.js";
import type { SignalMatch } from "./definition.js";

/** Whether a signal's params satisfy every condition of a `match`. A param that is not there satisfies only `ne`. */
export function matchesSignal(
  conditions: readonly SignalMatch[],
  params: Readonly<Record<string, Json>>,
): boolean {
  return conditions.every((condition) => satisfiesMatch(params[condition.param], condition));
}

/** Whether one param's value, undefined where it is not there, satisfies a condition. */
export function satisfiesMatch(
  value: Json | undefined,
  { operator, value: wanted }: Pick<SignalMatch, "operator" | "value">,
): boolean {
  switch (operator) {
    case "eq":
      return isEqual(value, wanted);
    case "ne":
      return !isEqual(value, wanted);
    case "in":
      return isJsonList(wanted) && wanted.some((one) => isEqual(value, one));
    case "gt":
      return compare(value, wanted, (order) => order > 0);
    case "gte":
      return compare(value, wanted, (order) => order >= 0);
    case "lt":
      return compare(value, wanted, (order) => order < 0);
    case "lte":
      return compare(value, wanted, (order) => order <= 0);
  }
}

/** Numbers with numbers, texts with texts (dates and timestamps among them, whose order is that of their text). */
function compare(value: Json | undefined, wanted: Json, holds: (order: number) => boolean): boolean {
  if (typeof value === "number" && typeof wanted === "number") return holds(value - wanted);
  if (typeof value === "string" && typeof wanted === "string")
    return holds(value < wanted ? -1 : value > wanted ? 1 : 0);
  return false;
}

function isEqual(value: Json | undefined, wanted: Json): boolean {
  if (value === wanted) return true;
  if (value === null || wanted === null || typeof value !== "object" || typeof wanted !== "object")
    return false;
  return canonicalJson(value) === canonicalJson(wanted);
}

/** `Array.isArray` does not narrow a readonly array. */

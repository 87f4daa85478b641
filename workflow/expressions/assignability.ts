import type { ValueType } from "../types/value-type.js";
import type { ExpressionType } from "./type-scope.js";

/**
 * Whether a value of one type may stand where another is asked for. `any` may stand anywhere, for only the value can
 * tell; ints where doubles are asked for; dates, which are text in expressions, where strings are and the reverse.
 */
export function isAssignable(type: ExpressionType, expected: ValueType): boolean {
  if (expected.name === "json" || UNKNOWN.has(type.name)) return true;
  if (type.name === "record") return expected.name === "map";
  if ("of" in type && "of" in expected)
    return type.name === expected.name && isAssignable(type.of, expected.of);
  return type.name === expected.name || WIDER[type.name] === expected.name;
}

const UNKNOWN: ReadonlySet<string> = new Set(["any", "json", "optional"]);
const WIDER: Readonly<Record<string, string>> = { int: "double", string: "date", date: "string" };

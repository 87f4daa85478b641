import type { Json } from "./json.js";
import type { ValueType } from "./value-type.js";

const JSON_TYPE: ValueType = { name: "json" };
const NESTING_MAX = 10;

/**
 * The narrowest type of plain data: whole numbers are ints, and doubles beside doubles in a list; lists and maps of unlike values,
 * and null, are `json`. A number that is written as a double, such as `1.0`, needs to be told: `typeOfLiteral` knows it.
 */
export function inferType(value: Json, depth = NESTING_MAX): ValueType {
  switch (typeof value) {
    case "number":
      return { name: Number.isSafeInteger(value) ? "int" : "double" };
    case "string":
      return { name: "string" };
    case "boolean":
      return { name: "bool" };
    default:
      return value === null || depth === 0 ? JSON_TYPE : inferCollection(value, depth);
  }
}

function inferCollection(
  value: readonly Json[] | { readonly [key: string]: Json },
  depth: number,
): ValueType {
  const name = Array.isArray(value) ? "list" : "map";
  const [first, ...others] = Object.values(value).map((item: Json) => inferType(item, depth - 1));
  return {
    name,
    of: first === undefined ? JSON_TYPE : others.reduce(name === "list" ? widened : common, first),
  };
}

/** The type of both; `json` when they are unlike. */
function common(one: ValueType, other: ValueType): ValueType {
  return isSameType(one, other) ? one : JSON_TYPE;
}

/** The same for what stands in one list, where an int beside a double is one too. */
export function widened(one: ValueType, other: ValueType): ValueType {
  if (NUMBERS.has(one.name) && NUMBERS.has(other.name) && one.name !== other.name) return { name: "double" };
  if (one.name === "list" && other.name === "list") return { name: "list", of: widened(one.of, other.of) };
  return common(one, other);
}

const NUMBERS: ReadonlySet<string> = new Set(["int", "double"]);

/** Whether two types are the same. */
export function isSameType(one: ValueType, other: ValueType): boolean {
  if (one.name !== other.name) return false;
  return "of" in one && "of" in other ? isSameType(one.of, other.of) : true;
}

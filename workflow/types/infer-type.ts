import type { Json } from "./json.js";
import type { ValueType } from "./value-type.js";

const JSON_TYPE: ValueType = { name: "json" };
const NESTING_MAX = 10;

/** The narrowest type of plain data: whole numbers are ints; lists and maps of unlike values, and null, are `json`. */
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
  const isOfOneType = first !== undefined && others.every((other) => isSameType(other, first));
  return { name, of: isOfOneType ? first : JSON_TYPE };
}

/** Whether two types are the same. */
export function isSameType(one: ValueType, other: ValueType): boolean {
  if (one.name !== other.name) return false;
  return "of" in one && "of" in other ? isSameType(one.of, other.of) : true;
}

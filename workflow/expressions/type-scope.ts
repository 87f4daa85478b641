import type { ValueType } from "../types/value-type.js";
import { formatValueType } from "../types/value-type.js";

/** What the checker knows of the names an expression may use, by name. */
export type TypeScope = Readonly<Record<string, ScopeType>>;

/** `record` has just those fields; `any` is known to be there and nothing more. */
export type ScopeType =
  | ValueType
  | { readonly name: "record"; readonly fields: Readonly<Record<string, ScopeType>> }
  | { readonly name: "any" };

/** The type of a name that is no record. */
export type MemberType = Exclude<ScopeType, { readonly name: "record" }>;

/** What an expression gives, as far as can be told before it runs; `any` where that depends on data. */
export type ExpressionType =
  | ValueType
  | { readonly name: "any" }
  | { readonly name: "null" }
  | { readonly name: "record" }
  | { readonly name: "optional" };

const TIMESTAMP = "google.protobuf.Timestamp";
const DURATION = "google.protobuf.Duration";

/** The name that the CEL library has for a type. A date is text to it; JSON can be anything. */
export function celTypeName(type: MemberType): string {
  switch (type.name) {
    case "date":
      return "string";
    case "timestamp":
      return TIMESTAMP;
    case "duration":
      return DURATION;
    case "json":
    case "any":
      return "dyn";
    case "list":
      return `list<${celTypeName(type.of)}>`;
    case "map":
      return `map<string, ${celTypeName(type.of)}>`;
    default:
      return type.name;
  }
}

/** The reverse of `celTypeName`, for the types that the library infers. */
export function fromCelTypeName(name: string): ExpressionType {
  if (name.startsWith("$")) return { name: "record" };
  if (name.startsWith("optional")) return { name: "optional" };
  if (name === "null") return { name: "null" };
  return valueTypeOf(name) ?? { name: "any" };
}

/** The type as an author would write it. */
export function formatExpressionType(type: ExpressionType): string {
  switch (type.name) {
    case "any":
    case "null":
    case "record":
    case "optional":
      return type.name;
    default:
      return formatValueType(type);
  }
}

function valueTypeOf(name: string): ValueType | null {
  const parts = /^(list|map)(?:<(?:[a-z]+, )?(.*)>)?$/.exec(name);
  if (parts !== null) {
    const of = valueTypeOf(parts[2] ?? "dyn") ?? { name: "json" };
    return { name: parts[1] === "list" ? "list" : "map", of };
  }
  return SCALARS[name] ?? null;
}

const SCALARS: Readonly<Record<string, ValueType>> = {
  string: { name: "string" },
  int: { name: "int" },
  double: { name: "double" },
  bool: { name: "bool" },
  [TIMESTAMP]: { name: "timestamp" },
  [DURATION]: { name: "duration" },
};

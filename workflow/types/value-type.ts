/**
 * The type of a param, an input or an output, as authors write it: `int`, `list<string>`, `map<int>`.
 * A map's keys are strings; its argument is the type of its values. `json` is any JSON value.
 */
export type ValueType =
  | { readonly name: "string" | "int" | "double" | "bool" | "date" | "timestamp" | "duration" | "json" }
  | { readonly name: "list"; readonly of: ValueType }
  | { readonly name: "map"; readonly of: ValueType };

const SCALARS = ["string", "int", "double", "bool", "date", "timestamp", "duration", "json"] as const;
const NESTING_MAX = 10;

/** The types that hold one value. */
export const SCALAR_TYPES: readonly string[] = SCALARS;

/** Reads a type as an author writes it, white space anywhere; null when it is none, or nests more than ten deep. */
export function parseValueType(text: string): ValueType | null {
  return text.length > 200 ? null : parseNested(text.trim(), NESTING_MAX);
}

/** The canonical text of a type, which `parseValueType` reads back. */
export function formatValueType(type: ValueType): string {
  return "of" in type ? `${type.name}<${formatValueType(type.of)}>` : type.name;
}

/** What other systems and languages call our types. */
const ALIASES: Readonly<Record<string, string>> = {
  integer: "int",
  long: "int",
  number: "double",
  float: "double",
  decimal: "double",
  boolean: "bool",
  str: "string",
  text: "string",
  datetime: "timestamp",
  time: "timestamp",
  interval: "duration",
  array: "list<json>",
  list: "list<json>",
  object: "map<json>",
  map: "map<json>",
  dict: "map<json>",
  any: "json",
};

/** The type that another system's name stands for, such as `int` for `integer`, also within `list<…>`; null when it is none. */
export function typeMeantBy(text: string): string | null {
  const name = text.length > 200 ? "" : text.trim().toLowerCase();
  const [, collection, of = ""] = /^(list|map|array)\s*<(.*)>$/.exec(name) ?? [];
  if (collection === undefined) return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? null) : null;
  const meant = parseValueType(of) === null ? typeMeantBy(of) : of.trim();
  return meant && `${collection === "map" ? "map" : "list"}<${meant}>`;
}

function parseNested(text: string, depth: number): ValueType | null {
  const scalar = SCALARS.find((name) => name === text);
  if (scalar !== undefined) return { name: scalar };
  const name = text.startsWith("list") ? "list" : "map";
  const rest = text.slice(name.length).trim();
  if (depth === 0 || !text.startsWith(name) || !rest.startsWith("<") || !rest.endsWith(">")) return null;
  const of = parseNested(rest.slice(1, -1).trim(), depth - 1);
  return of && { name, of };
}

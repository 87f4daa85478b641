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

/** Reads a type as an author writes it, white space anywhere; null when it is none, or nests more than ten deep. */
export function parseValueType(text: string): ValueType | null {
  return text.length > 200 ? null : parseNested(text.trim(), NESTING_MAX);
}

/** The canonical text of a type, which `parseValueType` reads back. */
export function formatValueType(type: ValueType): string {
  return "of" in type ? `${type.name}<${formatValueType(type.of)}>` : type.name;
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

import type { SignalMatch } from "../definition/definition.js";
import type { EnvTemplate } from "../definition/value-template.js";
import { formatDuration } from "../types/duration.js";
import { formatTimestamp } from "../types/instant.js";
import type { Json, JsonObject } from "../types/json.js";
import { formatValueType, type ValueType } from "../types/value-type.js";

/**
 * A definition, or a part of one, in the words of the file: keys in `snake_case`, durations and instants as text,
 * expressions in their braces, types as authors write them; what is empty is left out. It asks only for the form of what
 * it meets, so a step kind that it has never seen is shown like any other.
 */
export function writtenForm(value: unknown): Json {
  return writtenValue("", value) ?? null;
}

/** Definitions call these otherwise than the language does. */
const NAMES: Readonly<Record<string, string>> = {
  script: "run",
  over: "foreach",
  ignoreFailure: "ignore_failure",
};

/** Under these keys stand names and values of the author's own. */
const OF_THE_AUTHOR: ReadonlySet<string> = new Set([
  "env",
  "headers",
  "outputs",
  "params",
  "labels",
  "with",
  "vars",
  "next",
  "match",
]);
/** Plain data of the author's: nothing in it is ours to say otherwise. */
const PLAIN: ReadonlySet<string> = new Set(["alerts", "options"]);

/** Undefined for what says nothing: null, an empty list, an empty map. */
function writtenValue(key: string, value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return writtenNumber(key, value);
  // Beside numbers, texts and bools a definition holds nothing else.
  return typeof value === "object" ? writtenObject(key, value) : (value as Json);
}

function writtenObject(key: string, value: object): Json | undefined {
  if (PLAIN.has(key)) return isEmpty(value) ? undefined : (value as Json);
  if (Array.isArray(value)) return writtenList(value);
  // The time zone is that of a time of day: without one nobody wrote it.
  if (key === "expect" && "completeBy" in value && value.completeBy === null)
    return writtenMap(key, { ...value, timezone: null });
  if (isTemplate(value)) return writtenTemplate(value);
  return writtenType(value) ?? writtenMap(key, value);
}

function writtenList(list: readonly unknown[]): Json | undefined {
  if (list.length === 0) return undefined;
  if (list.every(isCondition)) return writtenMatch(list);
  const items = list.flatMap((item) => writtenValue("", item) ?? []);
  return items.length === 0 ? undefined : items;
}

function writtenNumber(key: string, value: number): Json {
  if (/[a-z]Ms$/.test(key)) return formatDuration(value);
  if (/[a-z]Bytes$/.test(key)) return writtenSize(value);
  return /[a-z]At$/.test(key) ? formatTimestamp(value) : value;
}

function writtenMap(key: string, map: object): Json | undefined {
  const isOurs = !OF_THE_AUTHOR.has(key);
  const entries: [string, Json][] = [];
  for (const [name, entry] of Object.entries(map) as [string, unknown][]) {
    // A name of the author's says nothing of its value's unit.
    const written = writtenValue(isOurs ? name : "", entry);
    if (written !== undefined) entries.push([isOurs ? writtenKey(name) : name, written]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function writtenKey(name: string): string {
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (known !== undefined) return known;
  return name
    .replace(/(?<=[a-z])(?:Ms|At|Bytes)$/, "")
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `2Gi`, in the largest unit that leaves no rest. */
function writtenSize(bytes: number): string {
  const units = ["", "Ki", "Mi", "Gi", "Ti"];
  let size = bytes;
  let unit = 0;
  for (; size > 0 && size % 1024 === 0 && unit < units.length - 1; unit += 1) size /= 1024;
  return `${size}${units[unit] ?? ""}`;
}

/** A condition on a signal; see `SignalMatch`. */
function isCondition(item: unknown): item is SignalMatch {
  return typeof item === "object" && item !== null && "param" in item && "operator" in item;
}

/** `{ table: raw.orders, hour: { gte: 6 } }`, as `match` is written. */
function writtenMatch(conditions: readonly SignalMatch[]): Json {
  const match: Record<string, Json> = {};
  for (const { param, operator, value: given } of conditions) {
    // The conditions of a gate hold templates, those of a trigger plain values.
    const value =
      typeof given === "object" && given !== null && isTemplate(given) ? writtenTemplate(given) : given;
    const others = match[param];
    const written =
      typeof value === "object" && value !== null && isTemplate(value) ? writtenTemplate(value) : value;
    match[param] = operator === "eq" ? written : { ...(isMap(others) ? others : {}), [operator]: written };
  }
  return match;
}

/** The key that a template has beside its kind, by which it is told from a step. */
const KEYS_OF_TEMPLATES: ReadonlyMap<string, string> = new Map([
  ["literal", "value"],
  ["expression", "source"],
  ["text", "parts"],
  ["list", "items"],
  ["map", "entries"],
  ["secret", "name"],
]);

function isTemplate(value: object): value is EnvTemplate {
  if (!("kind" in value) || typeof value.kind !== "string") return false;
  const key = KEYS_OF_TEMPLATES.get(value.kind);
  return key !== undefined && Object.hasOwn(value, key);
}

function writtenTemplate(template: EnvTemplate): Json {
  switch (template.kind) {
    case "literal":
      return template.type === undefined ? template.value : writtenLiteral(template.value, template.type);
    case "expression":
      return braced(template.source);
    case "secret":
      return braced(`secrets.${template.name}`);
    case "text":
      return template.parts.map((part) => (typeof part === "string" ? part : braced(part.source))).join("");
    case "list":
      return template.items.map(writtenTemplate);
    case "map":
      return Object.fromEntries(
        Object.entries(template.entries).map(([name, entry]) => [name, writtenTemplate(entry)]),
      );
  }
}

/** A whole double as `1.0`: as plain data it would look like an int. */
function writtenLiteral(value: Json, type: ValueType): Json {
  if (typeof value === "number") {
    return type.name === "double" && Number.isInteger(value) ? `${value}.0` : value;
  }
  if (typeof value !== "object" || value === null || !("of" in type)) return value;
  if (Array.isArray(value)) return value.map((item: Json) => writtenLiteral(item, type.of));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, writtenLiteral(entry, type.of)]),
  );
}

function braced(source: string): string {
  return `\${{ ${source.trim()} }}`;
}

const TYPE_NAMES: ReadonlySet<unknown> = new Set([
  "string",
  "int",
  "double",
  "bool",
  "date",
  "timestamp",
  "duration",
  "json",
  "list",
  "map",
]);

/** A type; it is told by its form, for a param's type and an output's stand under different keys. */
function writtenType(value: object): Json | undefined {
  if (!("name" in value) || !TYPE_NAMES.has(value.name)) return undefined;
  const isType = Object.keys(value).every((key) => key === "name" || key === "of");
  return isType ? formatValueType(value as ValueType) : undefined;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

import { isJsonList, type Json, type JsonObject } from "./json.js";
import { parseDuration } from "./duration.js";
import { isDate, parseTimestamp } from "./instant.js";
import type { ValueType } from "./value-type.js";
import { formatValueType } from "./value-type.js";

const SHOWN_LENGTH_MAX = 60;

/** How deep lists and maps may nest in any value: more would overflow whoever walks it. */
export const VALUE_DEPTH_MAX = 100;

/**
 * What is wrong with a value of that type, in words (`must be int, is "abc"`, `[2] must be date, is 7`); null when
 * nothing is. The message never grows with the value.
 */
export function checkValue(value: Json, type: ValueType): string | null {
  switch (type.name) {
    case "list":
      return isJsonList(value) ? checkItems(value, type.of) : mismatch(value, type);
    case "map":
      return isObject(value) ? checkEntries(value, type.of) : mismatch(value, type);
    case "json":
      return isDeeperThan(value, VALUE_DEPTH_MAX) ? `must nest at most ${VALUE_DEPTH_MAX} deep` : null;
    default:
      return isScalar(value, type.name) ? null : mismatch(value, type);
  }
}

/** A value for a message: JSON, cut off after some 60 characters, whatever its size. */
export function showValue(value: Json): string {
  if (isJsonList(value)) return value.length === 0 ? "[]" : `a list of ${value.length}`;
  if (isObject(value)) return "a map";
  const text =
    typeof value === "string" ? JSON.stringify(value.slice(0, SHOWN_LENGTH_MAX + 1)) : String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

function checkItems(items: readonly Json[], type: ValueType): string | null {
  for (const [index, item] of items.entries()) {
    const problem = checkValue(item, type);
    if (problem !== null) return within(`[${index}]`, problem);
  }
  return null;
}

function checkEntries(entries: JsonObject, type: ValueType): string | null {
  for (const [key, entry] of Object.entries(entries)) {
    const problem = checkValue(entry, type);
    if (problem !== null) return within(`.${key.slice(0, SHOWN_LENGTH_MAX)}`, problem);
  }
  return null;
}

function within(place: string, problem: string): string {
  const isNested = problem.startsWith("[") || problem.startsWith(".");
  return `${place}${isNested ? "" : " "}${problem}`;
}

function isScalar(value: Json, name: Exclude<ValueType["name"], "list" | "map" | "json">): boolean {
  switch (name) {
    case "string":
      return typeof value === "string";
    case "int":
      return Number.isSafeInteger(value);
    case "double":
      return Number.isFinite(value);
    case "bool":
      return typeof value === "boolean";
    default:
      return typeof value === "string" && isTime(value, name);
  }
}

function isTime(text: string, name: "date" | "timestamp" | "duration"): boolean {
  if (name === "date") return isDate(text);
  return (name === "timestamp" ? parseTimestamp(text) : parseDuration(text)) !== null;
}

function isDeeperThan(value: Json, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((entry: Json) => isDeeperThan(entry, depth - 1));
}

function mismatch(value: Json, type: ValueType): string {
  if (type.name === "int" && isBeyondExact(value))
    return "must be int, is beyond 9007199254740991 (2^53 - 1), up to which whole numbers are exact: take a string for it";
  return `must be ${formatValueType(type)}, is ${showValue(value)}`;
}

/** Such a number, or the text that is kept in its place where it was read. */
function isBeyondExact(value: Json): boolean {
  if (typeof value === "string") return /^-?\d{16,}$/.test(value) && !Number.isSafeInteger(Number(value));
  return Number.isInteger(value);
}

// `Array.isArray` alone does not narrow readonly arrays.

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !isJsonList(value);
}

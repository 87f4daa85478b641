import { Duration } from "@marcbachmann/cel-js/evaluator";
import { isJsonList, type Json, type JsonObject } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";
import { VALUE_DEPTH_MAX } from "../types/check-value.js";
import { formatDuration, parseDuration } from "../types/duration.js";
import { formatTimestamp, parseTimestamp } from "../types/instant.js";

/**
 * A value inside an expression: ints are bigints, doubles numbers, timestamps `Date`s, durations `CelDuration`s.
 * A date is its text, `YYYY-MM-DD`. Never changed once made.
 */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Date
  | CelDuration
  | readonly CelValue[]
  | { readonly [key: string]: CelValue };

/** A duration inside an expression; its `valueOf()` is in milliseconds. */
export type CelDuration = Duration;

/** The names an expression may use, such as `params` and `steps`, with their values. */
export type Scope = Readonly<Record<string, CelValue>>;

/** Entries of a scope, bools, that `succeeded()` and `failed()` read; absent where a step's needs mean nothing. */
export const SUCCEEDED = "__succeeded";
export const FAILED = "__failed";

/**
 * A value as expressions see it. The value is of the type already (see `checkValue`); one that is not is taken for
 * what it looks like, as all of a `json` is: whole numbers are ints, others doubles. What nests deeper than `checkValue`
 * lets any value nest becomes null, and the keys `constructor` and `__proto__` are left out.
 */
export function toCelValue(value: Json, type: ValueType): CelValue {
  switch (type.name) {
    case "double":
      return typeof value === "number" ? value : dynamicValue(value);
    case "timestamp":
    case "duration":
      return typeof value === "string" ? timeOf(value, type.name) : dynamicValue(value);
    case "list":
      return Array.isArray(value) ? listOf(value, type.of) : dynamicValue(value);
    case "map":
      return isObject(value) ? mapOf(value, type.of) : dynamicValue(value);
    default:
      return dynamicValue(value);
  }
}

/**
 * A value of an expression as plain data: timestamps become RFC 3339 text in UTC, durations text such as `1h30m`.
 * An int beyond 2^53 and a double that is not finite have no place in JSON and become text, as `string()` writes them.
 */
export function fromCelValue(value: CelValue): Json {
  if (typeof value === "bigint") return jsonInt(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : celText(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return formatTimestamp(value.getTime());
  if (value instanceof Duration) return formatDuration(value.valueOf());
  if (isList(value)) return value.map(fromCelValue);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromCelValue(entry)]));
}

/** A value as text inside text: strings as they are, null as nothing, lists and maps as JSON. */
export function celText(value: CelValue): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (typeof value !== "object") return String(value);
  const plain = fromCelValue(value);
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

/** A duration of so many milliseconds. */
export function celDuration(ms: number): CelDuration {
  const seconds = Math.trunc(ms / 1000);
  return new Duration(BigInt(seconds), Math.round((ms - seconds * 1000) * 1_000_000));
}

function dynamicValue(value: Json, depth = VALUE_DEPTH_MAX): CelValue {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (depth === 0) return null;
  if (isJsonList(value)) return value.map((item) => dynamicValue(item, depth - 1));
  return celMapOf(value, (entry) => dynamicValue(entry, depth - 1));
}

function timeOf(text: string, name: "timestamp" | "duration"): CelValue {
  const ms = name === "timestamp" ? parseTimestamp(text) : parseDuration(text);
  if (ms === null) return text;
  return name === "timestamp" ? new Date(ms) : celDuration(ms);
}

function listOf(values: readonly Json[], type: ValueType): CelValue {
  return values.map((value) => toCelValue(value, type));
}

function mapOf(values: JsonObject, type: ValueType): CelValue {
  return celMapOf(values, (value) => toCelValue(value, type));
}

/** A map of what each entry is made; without the keys `constructor` and `__proto__`. */
export function celMapOf(values: JsonObject, convert: (value: Json) => CelValue): CelValue {
  const known = Object.entries(values).filter(([key]) => !UNUSABLE_KEYS.has(key));
  return Object.fromEntries(known.map(([key, value]) => [key, convert(value)]));
}

/** The CEL library tells the types of values by these, so a map that has one as a key would be no map to it. */
const UNUSABLE_KEYS: ReadonlySet<string> = new Set(["constructor", "__proto__"]);

function jsonInt(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// `Array.isArray` alone does not narrow readonly arrays.
function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

import { Duration } from "@marcbachmann/cel-js/evaluator";
import type { Json } from "../types/json.js";
import type { CelValue } from "./cel-value.js";

/**
 * A value of an expression as plain data that loses nothing, which `fromCelValue` does: an int stays an int, an instant an
 * instant. Text, bools, null and finite doubles are themselves; all else is a list that begins with what it is:
 *
 * ```
 * ["int", "5"]  ["double", "NaN"]  ["time", ms]  ["duration", "seconds", nanos]
 * ["range", first, step, count]  ["ints", 1, 4, 2]  ["list", …]  ["map", key, value, …]
 * ```
 */
export function plainCelValue(value: CelValue): Json {
  if (typeof value === "bigint") return ["int", value.toString()];
  if (typeof value === "number") return plainDouble(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return ["time", value.getTime()];
  if (value instanceof Duration) return ["duration", value.seconds.toString(), value.nanos];
  if (isList(value)) return plainInts(value) ?? plainList(value);
  return ["map", ...Object.entries(value).flatMap(([key, entry]) => [key, plainCelValue(entry)])];
}

/** The value that `plainCelValue` has made that of. */
export function celValueOfPlain(plain: Json): CelValue {
  if (!isPlainList(plain)) return scalarOf(plain);
  const [kind, ...values] = plain;
  switch (kind) {
    case "int":
      return BigInt(textOf(values[0]));
    case "double":
      return Number(values[0]);
    case "time":
      return new Date(Number(values[0]));
    case "duration":
      return new Duration(BigInt(textOf(values[0])), Number(values[1]));
    case "range":
      return rangeOf(values.map(Number));
    case "ints":
      return values.map((value) => BigInt(Number(value)));
    case "list":
      return values.map(celValueOfPlain);
    default:
      return mapOf(values);
  }
}

function plainList(list: readonly CelValue[]): Json {
  const plain: Json[] = ["list"];
  for (const value of list) plain.push(plainCelValue(value));
  return plain;
}

/** JSON has no numbers that are not finite, and no zero that is negative. */
function plainDouble(value: number): Json {
  if (Object.is(value, -0)) return ["double", "-0"];
  return Number.isFinite(value) ? value : ["double", String(value)];
}

/** Lists of ints are what loops are made of: those of a `range` take a line, others no more than their digits. */
function plainInts(list: readonly CelValue[]): Json | null {
  if (list.length < 2) return null;
  const numbers: number[] = [];
  for (const value of list) {
    if (typeof value !== "bigint" || !Number.isSafeInteger(Number(value))) return null;
    numbers.push(Number(value));
  }
  const [first = 0, second = 0] = numbers;
  const step = second - first;
  const isRange = numbers.every((value, index) => value === first + step * index);
  return isRange ? ["range", first, step, numbers.length] : ["ints", ...numbers];
}

function rangeOf([first = 0, step = 0, count = 0]: readonly number[]): CelValue {
  return Array.from({ length: count }, (_, index) => BigInt(first + step * index));
}

function mapOf(values: readonly Json[]): CelValue {
  const entries: [string, CelValue][] = [];
  for (let at = 0; at < values.length; at += 2)
    entries.push([textOf(values[at]), celValueOfPlain(values[at + 1] ?? null)]);
  return Object.fromEntries(entries);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function scalarOf(value: Json): CelValue {
  // Maps are lists here: a plain object is nothing that `plainCelValue` makes.
  return typeof value === "object" ? null : value;
}

function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

function isPlainList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

import type { Json } from "../../types/json.js";
import { celMapOf, type CelValue, toCelValue } from "../cel-value.js";
import { FunctionError } from "./function-definition.js";

/** Whether a JSON text may hold ints beyond 2^53, for which `JSON.parse` gives a neighbour; those have 16 digits at least. */
export function mayHoldLargeInts(text: string): boolean {
  return /\d{16}/.test(text);
}

/**
 * The value of a JSON text, its ints exact: `JSON.parse` is given each text and key with a mark before it, and each large int
 * as a text with another. The text must be JSON that nests no deeper than `checkValue` allows. @throws FunctionError at an
 * int of more than 64 bits
 */
export function celValueOfLargeInts(text: string): CelValue {
  const marked = text.replaceAll(TOKEN, (token) => {
    if (token.startsWith('"')) return `"${TEXT}${token.slice(1)}`;
    return isLargeInt(token) ? `"${INT}${token}"` : token;
  });
  // What JSON.parse gives is Json by definition.
  return withoutMarks(JSON.parse(marked) as Json);
}

const TEXT = "t";
const INT = "i";
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function isLargeInt(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}

function withoutMarks(value: Json): CelValue {
  if (typeof value === "string") return value.startsWith(INT) ? intOf(value.slice(1)) : value.slice(1);
  if (typeof value !== "object" || value === null) return toCelValue(value, { name: "json" });
  if (isList(value)) return value.map(withoutMarks);
  const entries = Object.entries(value).map(([key, entry]) => [key.slice(1), entry] as const);
  return celMapOf(Object.fromEntries(entries), withoutMarks);
}

function intOf(digits: string): bigint {
  const int = BigInt(digits);
  if (BigInt.asIntN(64, int) === int) return int;
  throw new FunctionError(
    `parse_json() got ${digits.slice(0, 40)}, which is no int of 64 bits: write it as a text`,
  );
}

// `Array.isArray` alone does not narrow readonly arrays.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

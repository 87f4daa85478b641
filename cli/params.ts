import { findInexactNumber, inexactNumberProblem, type Json } from "@headwater/workflow";
import { UsageError } from "./usage-error.js";

/**
 * Reads `name=value` pairs. A value that is JSON is that value (`10`, `true`, `["us"]`, `"10"` for the text), anything else
 * is text, so dates and names need no quotes. @throws UsageError
 */
export function parseParams(pairs: readonly string[]): Readonly<Record<string, Json>> {
  const params = new Map<string, Json>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at <= 0) throw new UsageError(`Cannot read "${pair}" as a param: it must be name=value`);
    const name = pair.slice(0, at);
    if (params.has(name)) throw new UsageError(`Cannot take "${pair}": "${name}" is given twice`);
    params.set(name, paramValue(name, pair.slice(at + 1)));
  }
  return Object.fromEntries(params);
}

/** @throws UsageError for a number that would be another one */
export function paramValue(name: string, text: string): Json {
  const value = valueOf(text);
  const inexact = value === text ? null : findInexactNumber(text);
  if (inexact === null) return value;
  throw new UsageError(
    `Cannot take "${name}": ${inexactNumberProblem(inexact)}. A string is written in two pairs of quotes: ${name}='"…"'`,
  );
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

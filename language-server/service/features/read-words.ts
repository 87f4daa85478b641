import {
  findInexactNumber,
  inexactNumberProblem,
  parseTypedText,
  parseValueType,
  type Json,
} from "@headwater/workflow";

/** What somebody types for a param. */
export interface TypedWords {
  /** As it is written in a file: `list<int>`. */
  readonly type: string;
  readonly text: string;
}

export type ReadWords<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

/** Values of a param for many runs: a list, or a range with both ends. */
export type Choices = readonly Json[] | { readonly from: string | number; readonly to: string | number };

/** The value of a param; of a type that is not known here, its text. */
export function readParam({ type, text }: TypedWords): ReadWords<Json> {
  const parsed = parseValueType(type);
  if (parsed === null) return { ok: true, value: text };
  const read = parseTypedText(text, parsed);
  return read.ok && !IS_OF_TEXTS.test(type) ? exactly(text, read.value) : read;
}

const IS_OF_TEXTS = /^(?:list<)?(?:string|date|timestamp|duration)>?$/;

const RANGE = /^(\d{4}-\d{2}-\d{2}|-?\d+)\.\.(\d{4}-\d{2}-\d{2}|-?\d+)$/;

/** As `headwater backfill --param` reads `a,b,c`, `2026-01-01..2026-01-31` and `1..10`; the service says what does not fit the type. */
export function readChoices({ type, text }: TypedWords): ReadWords<Choices> {
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from !== undefined && to !== undefined)
    return exactly(`[${from},${to}]`, { from: endOf(from), to: endOf(to) });
  const parts = text.split(",").map((part) => part.trim());
  if (TEXTS.has(type)) return { ok: true, value: parts };
  const values = parts.map(scalarOr);
  const numbers = parts.filter((_, index) => typeof values[index] === "number");
  return exactly(numbers.join(), values);
}

const TEXTS: ReadonlySet<string> = new Set(["string", "date", "timestamp"]);

/** A number that would be another one is refused before that is recorded; `json` has them as they were typed. */
function exactly<Value>(json: string, value: Value): ReadWords<Value> {
  const inexact = findInexactNumber(json);
  return inexact === null ? { ok: true, value } : { ok: false, problem: inexactNumberProblem(inexact) };
}

function endOf(text: string): string | number {
  return text.slice(1).includes("-") ? text : Number(text);
}

/** What is no JSON is text. */
function scalarOr(text: string): string | number | boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "number" || typeof value === "boolean" ? value : text;
  } catch {
    // The service says what it should have been.
    return text;
  }
}

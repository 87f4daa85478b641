import type { Json } from "./json.js";

/** A number of a JSON text, as it is written there. */
interface WrittenNumber {
  readonly text: string;
  readonly begin: number;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What each such number has: so many digits, or an exponent of three. Most texts have neither. */
const MAY_HOLD = /\d{16}|[eE]\+?\d{3}/;
const WHOLE = /^-?\d+$/;
const SHOWN_LENGTH_MAX = 40;

/** The first number of a JSON text that `JSON.parse` would give another for, as it is written; null when there is none. */
export function findInexactNumber(json: string): string | null {
  for (const { text } of listNumbers(json, isInexact)) return text;
  return null;
}

/** The JSON text, with what `by` says in the place of each such number. */
export function replaceInexactNumbers(json: string, by: (written: string) => string): string {
  return replaceNumbers(json, isInexact, by);
}

function replaceNumbers(
  json: string,
  isMeant: (written: string) => boolean,
  by: (written: string) => string,
): string {
  const parts: string[] = [];
  let end = 0;
  for (const { text, begin } of listNumbers(json, isMeant)) {
    parts.push(json.slice(end, begin), by(text));
    end = begin + text.length;
  }
  return parts.join("") + json.slice(end);
}

/**
 * What a JSON text holds. In the place of each whole number beyond 2^53 - 1 stands the text of it, also of one that would come back as it
 * was written: of ids that are as long all are of one type. @throws SyntaxError
 */
export function parseExactly(json: string): Json {
  const exact = replaceNumbers(json, isBeyondExact, (written) => JSON.stringify(written));
  // What JSON.parse gives is Json by definition.
  return JSON.parse(exact) as Json;
}

/** What is wrong with such a number, and what to write instead. */
export function inexactNumberProblem(written: string): string {
  const shown = written.length > SHOWN_LENGTH_MAX ? `${written.slice(0, SHOWN_LENGTH_MAX - 1)}…` : written;
  const value = Number(written);
  if (!Number.isFinite(value)) return `${shown} is beyond all numbers that can be told: give a string`;
  return (
    `${shown} is beyond 9007199254740991 (2^53 - 1), up to which whole numbers are exact, and would be ${value}: ` +
    `give a string, or ${value.toExponential()} where that is near enough`
  );
}

function* listNumbers(json: string, isMeant: (written: string) => boolean): Iterable<WrittenNumber> {
  if (!MAY_HOLD.test(json)) return;
  const tokens = /["\d-]/g;
  for (let token = tokens.exec(json); token !== null; token = tokens.exec(json)) {
    const begin = token.index;
    const end = json[begin] === '"' ? endOfString(json, begin) : endOfNumber(json, begin);
    tokens.lastIndex = end;
    const text = json.slice(begin, end);
    if (json[begin] !== '"' && isMeant(text)) yield { text, begin };
  }
}

/** One that does not come back as it was written. Who writes a point or an exponent asks for the nearest, which there must be. */
function isInexact(written: string): boolean {
  const value = Number(written);
  if (!Number.isFinite(value)) return !Number.isNaN(value);
  return WHOLE.test(written) && !Number.isSafeInteger(value) && String(value) !== written;
}

/** One that is not exact, or only by chance. */
function isBeyondExact(written: string): boolean {
  const value = Number(written);
  return Number.isFinite(value) ? WHOLE.test(written) && !Number.isSafeInteger(value) : !Number.isNaN(value);
}

/** Behind the closing quote. A loop: an expression would need the stack for each character of a long one. */
function endOfString(json: string, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfNumber(json: string, begin: number): number {
  NUMBER.lastIndex = begin;
  return NUMBER.test(json) ? NUMBER.lastIndex : begin + 1;
}

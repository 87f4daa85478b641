import { findClosing } from "../expressions/split-template.js";
import type { CursorPlace } from "./cursor-place.js";

/** An expression that is being written, as far as its characters tell. */
export interface WrittenExpression {
  /**
   * Up to its end where that is known, else to that of the line. As long as what the file has, escapes of quotes replaced by
   * blanks: so offsets into it plus `start` are offsets into the file.
   */
  readonly source: string;
  /** Offset of its first character. */
  readonly start: number;
}

/** Longer than any expression may be. */
const LENGTH_MAX = 10_000;
const OPENING = "${{";

/** The expression between `${{` and `}}` in which an offset is; where `isBare` says so, the whole value is one. Null for neither. */
export function writtenExpressionAt(
  text: string,
  offset: number,
  { place, isBare }: { readonly place: CursorPlace; readonly isBare: boolean },
): WrittenExpression | null {
  const quote = quoteAt(text, place);
  return inBraces(text, offset, quote) ?? (isBare ? bareValue(text, offset, { place, quote }) : null);
}

function quoteAt(text: string, { word, role }: CursorPlace): '"' | "'" | null {
  const first = text[word.start];
  return role === "value" && (first === '"' || first === "'") ? first : null;
}

function inBraces(text: string, offset: number, quote: '"' | "'" | null): WrittenExpression | null {
  const open = text.lastIndexOf(OPENING, offset - OPENING.length);
  if (open < 0 || offset - open > LENGTH_MAX || !isOneValue(text, open, offset)) return null;
  const start = open + OPENING.length;
  const known = unescaped(text.slice(start, start + LENGTH_MAX), quote);
  const closing = findClosing(known, 0);
  if (closing >= 0 && start + closing < offset) return null;
  const isClosed = closing >= 0 && isOneValue(text, open, start + closing);
  const end = isClosed ? closing : Math.max(offset - start, lineLength(known, offset - start));
  return { source: known.slice(0, end), start };
}

function bareValue(
  text: string,
  offset: number,
  { place: { word, role, isFlow }, quote }: { readonly place: CursorPlace; readonly quote: '"' | "'" | null },
): WrittenExpression | null {
  if (role !== "value" || text.startsWith(OPENING, word.start)) return null;
  const start = quote === null ? word.start : word.start + 1;
  if (offset < start) return null;
  const rest = text.slice(offset, text.indexOf("\n", offset) < 0 ? text.length : text.indexOf("\n", offset));
  const end = quote === null ? rest.search(isFlow ? /[,}]|\s#|$/ : /\s#|$/) : rest.search(/["']|$/);
  return { source: unescaped(text.slice(start, offset + Math.max(0, end)), quote), start };
}

/** Without its backslash a quote within quotes is the expression's own; a blank keeps all else where it is. */
function unescaped(source: string, quote: '"' | "'" | null): string {
  if (quote === null) return source;
  return quote === '"' ? source.replaceAll('\\"', ' "') : source.replaceAll("''", " '");
}

function lineLength(source: string, from: number): number {
  const end = source.indexOf("\n", Math.max(0, from));
  return end < 0 ? source.length : end;
}

/** A value goes on only on lines that stand further in than its own. */
function isOneValue(text: string, from: number, to: number): boolean {
  const lines = text.slice(text.lastIndexOf("\n", from - 1) + 1, to).split("\n");
  const column = indentOf(lines[0] ?? "");
  return lines.slice(1).every((line) => line.trim() === "" || indentOf(line) > column);
}

function indentOf(line: string): number {
  const at = line.search(/\S/);
  return at < 0 ? line.length : at;
}

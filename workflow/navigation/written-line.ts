/** One line of block-style YAML, as far as its own characters tell. Columns count from 0. */
export interface WrittenLine {
  /** Offset of its first character. */
  readonly start: number;
  /** Offset of its line break, or of the text's end. */
  readonly end: number;
  /** Nothing stands on it but blanks, or a comment. */
  readonly isBlank: boolean;
  /** Columns of the dashes that begin items of lists: `- - a` has two. */
  readonly dashes: readonly number[];
  /** Column of what stands after blanks and dashes; of the line's end when nothing does. */
  readonly column: number;
  /** The key that stands there; null when none does. */
  readonly key: WrittenKey | null;
}

export interface WrittenKey {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Offset of the first character of the value on this line; the line's end when there is none. */
  readonly valueStart: number;
}

/** A key in quotes, or plain: then it begins with nothing that YAML would read otherwise. */
const KEY = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s"'#&*!|>%@`[\]{},?-][^#]*?)) *:(?=\s|$)/;
/** Longer than any key; a line may be as long as a file. */
const KEY_LENGTH_MAX = 300;

/** Reads the line in which an offset is. */
export function lineAt(text: string, offset: number): WrittenLine {
  const start = lineStart(text, offset);
  const found = text.indexOf("\n", offset);
  const rawEnd = found < 0 ? text.length : found;
  const end = rawEnd > start && text[rawEnd - 1] === "\r" ? rawEnd - 1 : rawEnd;
  const dashes: number[] = [];
  let at = skipBlanks(text, start, end);
  while (text[at] === "-" && at < end && isBlankOrEnd(text, at + 1, end)) {
    dashes.push(at - start);
    at = skipBlanks(text, at + 1, end);
  }
  const isBlank = dashes.length === 0 && (at >= end || text[at] === "#");
  return { start, end, isBlank, dashes, column: at - start, key: isBlank ? null : keyAt(text, at, end) };
}

/** From a negative place the search would begin at 0. */
function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** The line before; null at the top. */
export function lineBefore(text: string, { start }: WrittenLine): WrittenLine | null {
  return start === 0 ? null : lineAt(text, start - 1);
}

/** The line after; null at the end. */
export function lineAfter(text: string, { end }: WrittenLine): WrittenLine | null {
  const next = text.indexOf("\n", end);
  return next < 0 ? null : lineAt(text, next + 1);
}

function keyAt(text: string, at: number, end: number): WrittenKey | null {
  const match = KEY.exec(text.slice(at, Math.min(end, at + KEY_LENGTH_MAX)));
  if (match === null) return null;
  const [whole, double, single, plain = ""] = match;
  const written = whole.slice(0, whole.lastIndexOf(":")).trimEnd();
  const name = double ?? single?.replaceAll("''", "'") ?? plain.trim();
  return { name, start: at, end: at + written.length, valueStart: skipBlanks(text, at + whole.length, end) };
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (text[at] === " " || text[at] === "\t")) at += 1;
  return at;
}

function isBlankOrEnd(text: string, at: number, end: number): boolean {
  return at >= end || text[at] === " " || text[at] === "\t";
}

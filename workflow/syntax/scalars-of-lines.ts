import { CHOMPING_MODE, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";

import { coreValue } from "./core-schema.js";
import {
  COLON,
  decline,
  HASH,
  isBlank,
  isLineOver,
  LINE_FEED,
  lineEnd,
  skipSpaces,
  SPACE,
  TAB,
  toNextLine,
  type LineCursor,
} from "./line-cursor.js";
import type { ScalarNode } from "./syntax-node.js";
import { endOfBlock } from "./unwritten-places.js";

/** A plain text in a block, up to a comment, the end of its line, or the colon that makes a key of it. */
export function readPlain(cursor: LineCursor, start: number): ScalarNode {
  const { text } = cursor;
  if (!isPlainStart(text, start)) return refused(cursor, start);
  let end = start;
  let at = start;
  for (let unit = text.charCodeAt(at); unit !== LINE_FEED; unit = text.charCodeAt(at)) {
    if (unit === TAB) return refused(cursor, start);
    if (isPlainEnd(text, at, unit)) break;
    at += 1;
    if (unit !== SPACE) end = at;
  }
  // As in `a : b`.
  if (text.charCodeAt(at) === COLON && at > end) decline(cursor);
  return plain(text, start, end);
}

/** Whether a comment begins here, or a key ends. */
function isPlainEnd(text: string, at: number, unit: number): boolean {
  if (unit === HASH) return text.charCodeAt(at - 1) === SPACE;
  return unit === COLON && isBlank(text.charCodeAt(at + 1));
}

/** The value of a key or a dash behind which none is written. */
export function nothingAt(place: number): ScalarNode {
  return { kind: "scalar", value: null, text: "", style: "plain", range: { start: place, end: place } };
}

function refused(cursor: LineCursor, at: number): ScalarNode {
  decline(cursor);
  return plain(cursor.text, at, at);
}

/** The node of a plain text that is written from here to there. */
export function plain(text: string, start: number, end: number): ScalarNode {
  const written = text.slice(start, end);
  return { kind: "scalar", value: coreValue(written), text: written, style: "plain", range: { start, end } };
}

/** Whether a plain text can begin here, whatever is around it. A dash or a dot may do, but not those of a document's marks. */
export function isPlainStart(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit >= 0xa0) return true;
  const kind = PLAIN_FIRST[unit];
  return kind === 1 || (kind === 2 && PLAIN_FIRST[text.charCodeAt(at + 1)] === 1);
}

const WORD_UNIT = /\w/;

/** By the number of a unit: 1 where a plain text may begin with it, 2 where it may before a letter. */
const PLAIN_FIRST = Uint8Array.from({ length: 0xa0 }, (_none, unit) => {
  const first = String.fromCharCode(unit);
  if (WORD_UNIT.test(first) || "$()/+~=^;<\\".includes(first)) return 1;
  return first === "-" || first === "." ? 2 : 0;
});

const SINGLE_QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Behind the closing quote of a text that begins here; null when none begins here, or is not closed on its line. */
export function quotedEnd(text: string, start: number): number | null {
  const quote = text.charCodeAt(start);
  if (quote === SINGLE_QUOTE) return singleQuotedEnd(text, start);
  return quote === DOUBLE_QUOTE ? doubleQuotedEnd(text, start) : null;
}

function singleQuotedEnd(text: string, start: number): number | null {
  for (let at = start + 1; text.charCodeAt(at) !== LINE_FEED; at += 1) {
    if (text.charCodeAt(at) !== SINGLE_QUOTE) continue;
    if (text.charCodeAt(at + 1) !== SINGLE_QUOTE) return at + 1;
    at += 1;
  }
  return null;
}

function doubleQuotedEnd(text: string, start: number): number | null {
  let isEscaped = false;
  for (let at = start + 1; text.charCodeAt(at) !== LINE_FEED; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === DOUBLE_QUOTE && !isEscaped) return at + 1;
    isEscaped = unit === BACKSLASH && !isEscaped;
  }
  return null;
}

/** A text in quotes on one line. */
export function readQuoted(cursor: LineCursor, start: number): ScalarNode {
  const end = quotedEnd(cursor.text, start);
  if (end === null) decline(cursor);
  const range = { start, end: end ?? start };
  const written = cursor.text.slice(start + 1, range.end - 1);
  if (cursor.text.charCodeAt(start) === SINGLE_QUOTE) {
    const text = written.includes("'") ? written.replaceAll("''", "'") : written;
    return { kind: "scalar", value: text, text, style: "single", range };
  }
  const text = written.includes("\\") ? unescaped(written, cursor) : written;
  return { kind: "scalar", value: text, text, style: "double", range };
}

/** With the escapes that people write; another is for another reader, who knows which there are. */
function unescaped(written: string, cursor: LineCursor): string {
  return written.replaceAll(/\\([^])/g, (_escape, letter: string) => {
    const unit = ESCAPES[letter];
    if (unit === undefined) decline(cursor);
    return unit ?? "";
  });
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  '"': '"',
  "\\": "\\",
  "/": "/",
};

/** The text of a block, from its `|` or `>`; then the line after it is come to. The lines below `column` are not its. */
export function readBlockText(cursor: LineCursor, start: number, column: number): ScalarNode {
  const { text } = cursor;
  const sign = text[start + 1];
  const isSigned = sign === "-" || sign === "+";
  const header = skipSpaces(text, start + (isSigned ? 2 : 1));
  if (!isLineOver(text, header)) decline(cursor);
  const chomping = isSigned ? CHOMPING[sign] : CHOMPING_MODE.CLIP;
  const first = lineEnd(text, header) + 1;
  const indent = indentOfBlock(cursor, first, column);
  if (cursor.isDeclined) return refused(cursor, start);
  const { value: literal, end: valueEnd } = literalText(cursor, first, indent);
  const value =
    text[start] === ">"
      ? getScalarValue(text, { ...FOLDED, valueStart: first, valueEnd, chomping, indent })
      : chomped(literal, chomping);
  if (valueEnd > cursor.length) decline(cursor);
  cursor.end = endOfBlock(text, start, valueEnd);
  toNextLine(cursor, valueEnd);
  return { kind: "scalar", value, text: value, style: "block", range: { start, end: cursor.end } };
}

const CHOMPING = { "-": CHOMPING_MODE.STRIP, "+": CHOMPING_MODE.KEEP } as const;

const FOLDED = {
  type: EVENT_ID.SCALAR,
  anchorStart: -1,
  anchorEnd: -1,
  tagStart: -1,
  tagEnd: -1,
  style: SCALAR_STYLE.FOLDED_BLOCK,
  fast: false,
} as const;

/** The column of the first line that holds anything. A block without one is for another reader. */
function indentOfBlock(cursor: LineCursor, first: number, column: number): number {
  const { text } = cursor;
  let lineStart = first;
  let widest = 0;
  for (;;) {
    const at = skipSpaces(text, lineStart);
    const indent = at - lineStart;
    if (text.charCodeAt(at) !== LINE_FEED) {
      if (indent <= column || indent < widest || at >= text.length) decline(cursor);
      return indent;
    }
    widest = Math.max(widest, indent);
    lineStart = at + 1;
  }
}

/** The lines without their indentation, all line ends kept, and where the block ends. */
function literalText(
  cursor: LineCursor,
  first: number,
  indent: number,
): { readonly value: string; readonly end: number } {
  const { text } = cursor;
  let value = "";
  let lineStart = first;
  for (;;) {
    const at = skipSpaces(text, lineStart);
    const unit = text.charCodeAt(at);
    if (unit === LINE_FEED) {
      // Blanks beyond the indentation belong to the text, or not: there the libraries differ.
      if (at - lineStart > indent) decline(cursor);
      value += "\n";
      lineStart = at + 1;
      continue;
    }
    if (unit === TAB) decline(cursor);
    if (at - lineStart < indent || at >= text.length) return { value, end: lineStart };
    const next = lineEnd(text, at) + 1;
    value += text.slice(lineStart + indent, next);
    lineStart = next;
  }
}

/** The text with as many line ends at its end as its header asks for. */
function chomped(text: string, chomping: (typeof CHOMPING_MODE)[keyof typeof CHOMPING_MODE]): string {
  if (chomping === CHOMPING_MODE.KEEP) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === LINE_FEED) end -= 1;
  return text.slice(0, chomping === CHOMPING_MODE.CLIP ? end + 1 : end);
}

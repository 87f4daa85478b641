import { readFlow } from "./flow-of-lines.js";
import {
  COLON,
  decline,
  isBlank,
  isLineOver,
  leaveLine,
  lineEnd,
  skipSpaces,
  toNextLine,
  type LineCursor,
} from "./line-cursor.js";
import { isAnyKeyTwice } from "./map-keys.js";
import { nothingAt, quotedEnd, readBlockText, readPlain, readQuoted } from "./scalars-of-lines.js";
import type { MapEntry, SyntaxNode } from "./syntax-node.js";

/** What is not read here is nested less deep: other readers count what they nest. */
const DEPTH_MAX = 50;

/**
 * The tree of a text that holds only what nearly all workflows do: maps and lists in blocks, plain and quoted texts on one line,
 * blocks of text, brackets, comments. It is read once, from the first unit to the last, and nothing is made but the tree. Null for any
 * other text, and wherever the readers of the libraries might disagree or have something to report: that is for `tree-of-events.ts`.
 */
export function treeOfLines(text: string): SyntaxNode | null {
  if (RARE.test(text)) return null;
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  const { length } = text;
  const cursor: LineCursor = { text: whole, length, at: 0, indent: 0, end: 0, depth: 0, isDeclined: false };
  toNextLine(cursor, 0);
  if (cursor.indent < 0) return null;
  const root = readBlock(cursor);
  return cursor.isDeclined || cursor.indent >= 0 ? null : root;
}

/** Control characters, other line ends than the line feed, byte order marks, halves of pairs; blanks at the end of the last line. */
const RARE = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]| (?![^])/;

const DASH = 0x2d;

/** The map or list that begins where the cursor is. */
function readBlock(cursor: LineCursor): SyntaxNode {
  return isDash(cursor) ? readList(cursor, cursor.indent) : readMap(cursor, cursor.indent);
}

function isDash({ text, at }: LineCursor): boolean {
  if (text.charCodeAt(at) !== DASH) return false;
  return isBlank(text.charCodeAt(at + 1));
}

function readList(cursor: LineCursor, column: number): SyntaxNode {
  const start = cursor.at;
  const items: SyntaxNode[] = [];
  enter(cursor);
  while (!cursor.isDeclined && cursor.indent === column && isDash(cursor)) {
    items.push(readItem(cursor, column));
    // The next line, which goes on with what is before it, or is indented wrong.
    if (cursor.indent > column) decline(cursor);
  }
  cursor.depth -= 1;
  return { kind: "list", items, range: { start, end: cursor.end } };
}

function readItem(cursor: LineCursor, column: number): SyntaxNode {
  const { text, at: dash } = cursor;
  const at = skipSpaces(text, dash + 1);
  if (isLineOver(text, at)) return readBelow(cursor, { after: dash + 1, column, isKey: false });
  if (!isKeyAt(cursor, at)) return readInline(cursor, at, column);
  cursor.at = at;
  return readMap(cursor, column + at - dash);
}

/** Whether the text at this place of a line is a key, which begins a map behind a dash. */
function isKeyAt({ text }: LineCursor, from: number): boolean {
  const quoted = quotedEnd(text, from);
  if (quoted !== null) return text.charCodeAt(quoted) === COLON;
  if (text[from] === "[" || text[from] === "{") return false;
  let at = from;
  while (!isLineOver(text, at)) {
    if (text.charCodeAt(at) === COLON && isBlank(text.charCodeAt(at + 1))) return true;
    at += 1;
  }
  return false;
}

function readMap(cursor: LineCursor, column: number): SyntaxNode {
  const start = cursor.at;
  const entries: MapEntry[] = [];
  enter(cursor);
  do entries.push(readEntry(cursor, column));
  while (!cursor.isDeclined && cursor.indent === column);
  cursor.depth -= 1;
  if (cursor.indent > column || isAnyKeyTwice(entries)) decline(cursor);
  return { kind: "map", entries, range: { start, end: cursor.end } };
}

function enter(cursor: LineCursor): void {
  cursor.depth += 1;
  if (cursor.depth > DEPTH_MAX) decline(cursor);
}

function readEntry(cursor: LineCursor, column: number): MapEntry {
  const { text, at: start } = cursor;
  const key = quotedEnd(text, start) === null ? readPlain(cursor, start) : readQuoted(cursor, start);
  const colon = key.range.end;
  if (cursor.isDeclined || text.charCodeAt(colon) !== COLON) decline(cursor);
  if (colon - start > KEY_LENGTH_MAX) decline(cursor);
  return { key: key.text, keyRange: key.range, value: readValue(cursor, colon + 1, column) };
}

/** A key may be 1,024 long (YAML 1.2.2, section 7.4.2); who is to say so is another reader. */
const KEY_LENGTH_MAX = 1000;

function readValue(cursor: LineCursor, after: number, column: number): SyntaxNode {
  const { text } = cursor;
  const at = skipSpaces(text, after);
  if (isLineOver(text, at)) return readBelow(cursor, { after, column, isKey: true });
  if (at === after) decline(cursor);
  return readInline(cursor, at, column);
}

/** What is on the lines below a key or a dash; when that is nothing, `after` is its place. */
function readBelow(
  cursor: LineCursor,
  { after, column, isKey }: { readonly after: number; readonly column: number; readonly isKey: boolean },
): SyntaxNode {
  toNextLine(cursor, lineEnd(cursor.text, after) + 1);
  if (cursor.isDeclined) return nothingAt(after);
  if (cursor.indent > column) return readBlock(cursor);
  // A list may stand in the column of its key.
  if (isKey && cursor.indent === column && isDash(cursor)) return readList(cursor, column);
  cursor.end = after;
  return { kind: "scalar", value: null, text: "", style: "plain", range: { start: after, end: after } };
}

/** A value that begins on the line of its key or dash, and then the next line is come to. */
function readInline(cursor: LineCursor, at: number, column: number): SyntaxNode {
  if (cursor.isDeclined) return nothingAt(at);
  switch (cursor.text[at]) {
    case "|":
    case ">":
      return readBlockText(cursor, at, column);
    case '"':
    case "'":
      return alone(cursor, readQuoted(cursor, at));
    case "[":
    case "{":
      return alone(cursor, readFlow(cursor, at, column));
    default:
      return alone(cursor, readPlain(cursor, at));
  }
}

/** The value, when nothing else is on its line. */
function alone(cursor: LineCursor, value: SyntaxNode): SyntaxNode {
  cursor.end = value.range.end;
  if (!cursor.isDeclined) leaveLine(cursor, cursor.end);
  return value;
}

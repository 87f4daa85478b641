import { COLON, decline, HASH, LINE_FEED, skipSpaces, SPACE, TAB, type LineCursor } from "./line-cursor.js";
import { isAnyKeyTwice } from "./map-keys.js";
import { isPlainStart, nothingAt, plain, quotedEnd, readQuoted } from "./scalars-of-lines.js";
import type { MapEntry, ScalarNode, SyntaxNode } from "./syntax-node.js";

const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** Brackets in brackets; what nests deeper is for another reader. */
const DEPTH_MAX = 20;

/** A list or map in brackets, from the opening one at `start`. Its further lines are indented more than `column`, where its block is. */
export function readFlow(cursor: LineCursor, start: number, column: number): SyntaxNode {
  const outer = cursor.depth;
  cursor.depth = 0;
  cursor.at = start;
  const node = readNode(cursor, column);
  cursor.depth = outer;
  return node;
}

function readNode(cursor: LineCursor, column: number): SyntaxNode {
  // Brackets may nest without end in a text that has been given up.
  if (cursor.isDeclined) return nothingAt(cursor.at);
  const unit = cursor.text.charCodeAt(cursor.at);
  if (unit === OPEN_LIST) return readList(cursor, column);
  return unit === OPEN_MAP ? readMap(cursor, column) : readScalar(cursor);
}

function readList(cursor: LineCursor, column: number): SyntaxNode {
  const start = cursor.at;
  const items: SyntaxNode[] = [];
  enter(cursor, column);
  if (cursor.text.charCodeAt(cursor.at) !== CLOSE_LIST) {
    do items.push(readNode(cursor, column));
    while (goesOn(cursor, column, CLOSE_LIST));
  }
  leave(cursor);
  return { kind: "list", items, range: { start, end: cursor.at } };
}

function readMap(cursor: LineCursor, column: number): SyntaxNode {
  const start = cursor.at;
  const entries: MapEntry[] = [];
  enter(cursor, column);
  if (cursor.text.charCodeAt(cursor.at) !== CLOSE_MAP) {
    do entries.push(readEntry(cursor, column));
    while (goesOn(cursor, column, CLOSE_MAP));
  }
  leave(cursor);
  if (isAnyKeyTwice(entries)) decline(cursor);
  return { kind: "map", entries, range: { start, end: cursor.at } };
}

function enter(cursor: LineCursor, column: number): void {
  cursor.depth += 1;
  if (cursor.depth > DEPTH_MAX) decline(cursor);
  cursor.at += 1;
  skipBlanks(cursor, column);
}

function leave(cursor: LineCursor): void {
  cursor.depth -= 1;
  cursor.at += 1;
}

/** Whether a comma stands behind what was read, and not the bracket; then the cursor is behind it. */
function goesOn(cursor: LineCursor, column: number, close: number): boolean {
  skipBlanks(cursor, column);
  const unit = cursor.text.charCodeAt(cursor.at);
  if (unit !== COMMA && unit !== close) decline(cursor);
  if (cursor.isDeclined || unit === close) return false;
  cursor.at += 1;
  skipBlanks(cursor, column);
  return true;
}

function readEntry(cursor: LineCursor, column: number): MapEntry {
  const { text } = cursor;
  const key = readScalar(cursor);
  const next = text.charCodeAt(cursor.at + 1);
  // As `{ a }`, `{ "a":1 }`.
  if (text.charCodeAt(cursor.at) !== COLON || next !== SPACE) decline(cursor);
  cursor.at += 1;
  const after = cursor.at;
  skipBlanks(cursor, column);
  const unit = text.charCodeAt(cursor.at);
  const value = unit === COMMA || unit === CLOSE_MAP ? nothingAt(after) : readNode(cursor, column);
  return { key: key.text, keyRange: key.range, value };
}

function readScalar(cursor: LineCursor): ScalarNode {
  const { text, at: start } = cursor;
  const scalar =
    quotedEnd(text, start) === null
      ? plain(text, start, endOfPlain(cursor, start))
      : readQuoted(cursor, start);
  cursor.at = scalar.range.end;
  return scalar;
}

/** Where a plain text ends that is in brackets and in one line. */
function endOfPlain(cursor: LineCursor, start: number): number {
  const { text } = cursor;
  if (!isPlainStart(text, start)) {
    decline(cursor);
    return start;
  }
  let end = start;
  for (let at = start; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === SPACE) continue;
    if (unit === LINE_FEED || isIndicator(unit)) return end;
    if (unit === HASH || unit === TAB) {
      decline(cursor);
      return end;
    }
    if (unit === COLON && isAfterKey(text.charCodeAt(at + 1))) return end;
    end = at + 1;
  }
}

function isAfterKey(unit: number): boolean {
  return unit === SPACE || unit === LINE_FEED || isIndicator(unit);
}

function isIndicator(unit: number): boolean {
  return (
    unit === COMMA || unit === OPEN_LIST || unit === CLOSE_LIST || unit === OPEN_MAP || unit === CLOSE_MAP
  );
}

/** Past spaces and line ends. */
function skipBlanks(cursor: LineCursor, column: number): void {
  const { text } = cursor;
  let at = skipSpaces(text, cursor.at);
  while (text.charCodeAt(at) === LINE_FEED) {
    const lineStart = at + 1;
    at = skipSpaces(text, lineStart);
    if (text.charCodeAt(at) !== LINE_FEED && at - lineStart <= column) decline(cursor);
  }
  cursor.at = at;
}

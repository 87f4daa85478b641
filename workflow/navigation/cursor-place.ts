import type { TextRange } from "../diagnostics/diagnostic.js";
import { flowPlaceAt } from "./flow-place.js";
import { lineAfter, lineAt, lineBefore, type WrittenLine } from "./written-line.js";

/** From the root of a file to a value: keys of maps and indexes of lists. */
export type YamlPath = readonly (string | number)[];

/**
 * Where an author is writing, told by lines and their indentation alone: so it is known in a file that does not parse at
 * this moment too.
 */
export interface CursorPlace {
  /** To the map whose key is written, or to the value that is. */
  readonly path: YamlPath;
  readonly role: "key" | "value";
  /** The word at the cursor, which a completion replaces; up to the cursor it is `prefix`. */
  readonly word: TextRange;
  readonly prefix: string;
  /** The other keys of the map. */
  readonly siblings: readonly string[];
  /** Column at which the keys of the map stand, for what is inserted in more than one line. */
  readonly column: number;
  /** The map is written on one line, in braces. */
  readonly isFlow: boolean;
  readonly isComment: boolean;
}

/** What is written at an offset. */
export function cursorPlaceAt(text: string, offset: number): CursorPlace {
  const line = lineAt(text, offset);
  const isComment = isInComment(text, line, offset);
  return { ...(inFlow(text, line, offset) ?? inBlock(text, line, offset)), isComment };
}

type Place = Omit<CursorPlace, "isComment">;

/** Lines above in which brackets may have been opened. */
const FLOW_LINES_MAX = 40;

function inFlow(text: string, line: WrittenLine, offset: number): Place | null {
  let at: WrittenLine | null = line;
  for (let lines = 0; at !== null && lines < FLOW_LINES_MAX; lines += 1) {
    const start = bracketOf(text, at);
    if (start !== null && start < offset) {
      const place = flowPlaceAt(text, start, offset);
      if (place !== null) return flowPlace(place, { text, line: at, offset });
    }
    at = lineBefore(text, at);
  }
  return null;
}

/** The bracket in which the value of a line begins. */
function bracketOf(text: string, { start, column, key, isBlank }: WrittenLine): number | null {
  if (isBlank) return null;
  const value = key === null ? start + column : key.valueStart;
  return text[value] === "{" || text[value] === "[" ? value : null;
}

function flowPlace(
  { path, role, wordStart, siblings }: NonNullable<ReturnType<typeof flowPlaceAt>>,
  { text, line, offset }: { readonly text: string; readonly line: WrittenLine; readonly offset: number },
): Place {
  const outer = entriesAbove(text, line, entryColumn(line));
  const own = [...indexOf(text, line), ...(line.key === null ? [] : [line.key.name])];
  return {
    path: [...outer, ...own, ...path],
    role,
    word: { start: wordStart, end: wordEnd(text, offset, /[\s,\]}:]/) },
    prefix: text.slice(wordStart, offset),
    siblings,
    column: line.column,
    isFlow: true,
  };
}

function inBlock(text: string, line: WrittenLine, offset: number): Place {
  const { key } = line;
  if (key !== null && offset > key.end) return valueOf(text, line, offset);
  const column = line.isBlank ? offset - line.start : line.column;
  const start = line.isBlank ? offset : line.start + line.column;
  // What is no key yet may become one, or an item of a list.
  const isItem = line.dashes.length > 0 && key === null;
  const outer = [...entriesAbove(text, line, entryColumn(line, column)), ...indexOf(text, line)];
  return {
    path: outer,
    role: isItem ? "value" : "key",
    word: { start: Math.min(start, offset), end: key?.end ?? wordEnd(text, offset, /[\s:]/) },
    prefix: text.slice(Math.min(start, offset), offset),
    siblings: siblingsOf(text, line, column),
    column,
    isFlow: false,
  };
}

function valueOf(text: string, line: WrittenLine, offset: number): Place {
  const { key } = line;
  const start = Math.min(key?.valueStart ?? offset, offset);
  return {
    path: [...entriesAbove(text, line, entryColumn(line)), ...indexOf(text, line), key?.name ?? ""],
    role: "value",
    word: { start, end: Math.max(offset, wordEnd(text, offset, /\s/)) },
    prefix: text.slice(start, offset),
    siblings: [],
    column: line.column,
    isFlow: false,
  };
}

/** The column by which a line belongs to what is above it: that of its first dash, else of its key. */
function entryColumn({ dashes, column }: WrittenLine, fallback = column): number {
  return dashes[0] ?? fallback;
}

/** The keys and indexes around an entry at a column, outer first. */
function entriesAbove(text: string, line: WrittenLine, column: number): (string | number)[] {
  const path: (string | number)[] = [];
  let inside: Inside = { column, isItem: line.dashes.length > 0 };
  for (let above = lineBefore(text, line); above !== null; above = lineBefore(text, above)) {
    if (above.isBlank) continue;
    const { steps, next } = stepsOut(text, above, inside);
    path.unshift(...steps);
    inside = next;
    if (inside.column === 0 && !inside.isItem) break;
  }
  return path;
}

/** An entry whose surroundings are looked for; an item of a list may stand at the column of its key. */
interface Inside {
  readonly column: number;
  readonly isItem: boolean;
}

/** What a line above says to be around an entry: a key, and the items that begin on the same line. */
function stepsOut(
  text: string,
  above: WrittenLine,
  inside: Inside,
): { readonly steps: readonly (string | number)[]; readonly next: Inside } {
  const { key, dashes, column } = above;
  const holdsItem = inside.isItem && column === inside.column && dashes.length === 0;
  const isKeyOf = key !== null && (column < inside.column || holdsItem);
  const own = isKeyOf ? [key.name] : [];
  const within = isKeyOf ? { column, isItem: false } : inside;
  const dash = dashes.findLast((at) => at < within.column);
  if (dash === undefined) return { steps: own, next: within };
  return { steps: [...indexOf(text, above), ...own], next: { column: dashes[0] ?? dash, isItem: true } };
}

/** Which items of their lists the dashes of a line begin. */
function indexOf(text: string, line: WrittenLine): readonly number[] {
  return line.dashes.map((column, nth) => (nth > 0 ? 0 : itemsBefore(text, line, column)));
}

function itemsBefore(text: string, line: WrittenLine, column: number): number {
  let count = 0;
  for (let above = lineBefore(text, line); above !== null; above = lineBefore(text, above)) {
    if (above.isBlank) continue;
    const at = entryColumn(above);
    if (at < column || (at === column && above.dashes.length === 0)) break;
    if (at === column) count += 1;
  }
  return count;
}

/** The keys beside one that stands, or may come to stand, at a column. */
function siblingsOf(text: string, line: WrittenLine, column: number): readonly string[] {
  return [...keysBefore(text, line, column), ...keysAfter(text, line, column)];
}

function keysBefore(text: string, line: WrittenLine, column: number): readonly string[] {
  const keys: string[] = [];
  if (line.dashes.length > 0) return keys;
  for (let at = lineBefore(text, line); at !== null; at = lineBefore(text, at)) {
    if (at.isBlank) continue;
    if (at.column === column && at.key !== null) keys.unshift(at.key.name);
    if (at.column < column || (at.dashes.length > 0 && at.column === column)) break;
  }
  return keys;
}

function keysAfter(text: string, line: WrittenLine, column: number): readonly string[] {
  const keys: string[] = [];
  for (let at = lineAfter(text, line); at !== null; at = lineAfter(text, at)) {
    if (at.isBlank) continue;
    if (entryColumn(at) < column || at.dashes.includes(column)) break;
    if (at.column === column && at.key !== null && at.dashes.length === 0) keys.push(at.key.name);
  }
  return keys;
}

function wordEnd(text: string, offset: number, end: RegExp): number {
  let at = offset;
  while (at < text.length && !end.test(text[at] ?? "")) at += 1;
  return at;
}

/** Behind a `#` that stands at the beginning, or after a blank and outside of quotes. */
function isInComment(text: string, line: WrittenLine, offset: number): boolean {
  const before = text.slice(line.start, offset).replaceAll(/"[^"]*(?:"|$)|'[^']*(?:'|$)/g, "_");
  return /(?:^|\s)#/.test(before);
}

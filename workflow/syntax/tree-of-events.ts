import { getScalarValue, parseEvents } from "js-yaml";

import { coreValue } from "./core-schema.js";
import { isAnyKeyTwice } from "./map-keys.js";
import type { ListNode, MapEntry, MapNode, ScalarNode, SyntaxNode } from "./syntax-node.js";
import { endOfBlock, endOfFlow, placeOfNothing } from "./unwritten-places.js";

type Event = ReturnType<typeof parseEvents>[number];
type ScalarEvent = Extract<Event, { readonly type: typeof SCALAR }>;
type CollectionEvent = Extract<Event, { readonly start: number }>;
type AliasEvent = Extract<Event, { readonly type: typeof ALIAS }>;

/** As the library numbers them (`EVENT_ID`); written out, since every event of every file is compared with them. */
const DOCUMENT = 1;
const MAPPING = 3;
const SCALAR = 4;
const ALIAS = 5;
const POP = 6;
const FLOW = 2;

/** By the library's number of a style (`SCALAR_STYLE`). */
const STYLES = ["plain", "plain", "single", "double", "block", "block"] as const;

/** Nodes that the aliases of a file may add here; `tree-of-nodes.ts` takes more, and reports those that are too many. */
const ALIASED_NODES_MAX = 5_000;

/** Aliases may nest so deep, for the same reason. */
const ALIASED_DEPTH_MAX = 50;

interface Reader {
  readonly text: string;
  readonly events: readonly Event[];
  /** The event to be read next. */
  next: number;
  /** Where the part of the text ends that has been read. */
  at: number;
  /** `null` while the anchored node is being read. */
  readonly anchors: Map<string, SyntaxNode | null>;
  aliasedNodes: number;
  isDeclined: boolean;
}

/**
 * The tree of a text that is like nearly all texts, in a quarter of the time that `tree-of-nodes.ts` takes for an equal one.
 * Null when there is anything to report, or anything rare: tags, directives, keys that are collections. Then the text is
 * for the other one, which also makes the best of what is broken.
 */
export function treeOfEvents(text: string): SyntaxNode | null {
  const events = eventsOf(text);
  const [document] = events;
  if (document?.type !== DOCUMENT || document.directives.length > 0) return null;
  const reader = { text, events, next: 1, at: 0, anchors: new Map(), aliasedNodes: 0, isDeclined: false };
  const root = readNode(reader);
  // What is left is the end of the only document.
  const isAll = reader.next === events.length - 1;
  return reader.isDeclined || !isAll || root.kind === "scalar" ? null : root;
}

function eventsOf(text: string): readonly Event[] {
  if (DISPUTED.test(text)) return [];
  try {
    return parseEvents(text, {});
  } catch {
    // The other library says what is wrong, and where, and goes on after it.
    return [];
  }
}

/**
 * Where the libraries differ on the standard: a carriage return alone, a tab in indentation or after an indicator, the end mark
 * of a document, a start mark that is indented, an escaped line end before an empty line, blanks at the end of the last line.
 */
const DISPUTED = /\r(?!\n)|^[-?: \ufeff]*\t|^\.\.\.|^\ufeff? +---|\\\r?\n[ \t]*\r?\n| (?![^])/m;

function readNode(reader: Reader): SyntaxNode {
  const event = reader.events[reader.next];
  reader.next += 1;
  if (event === undefined || event.type === POP || event.type === DOCUMENT) return decline(reader);
  if (event.type === ALIAS) return readAlias(event, reader);
  if (event.tagStart >= 0) return decline(reader);
  if (event.anchorStart < 0) return readContent(event, reader);
  if (isSquashed(event, reader)) return decline(reader);
  const anchor = reader.text.slice(event.anchorStart, event.anchorEnd);
  reader.anchors.set(anchor, null);
  const node = readContent(event, reader);
  reader.anchors.set(anchor, node);
  return node;
}

function readContent(event: ScalarEvent | CollectionEvent, reader: Reader): SyntaxNode {
  if (event.type === SCALAR) return readScalar(event, reader);
  return event.type === MAPPING ? readMap(event, reader) : readList(event, reader);
}

function readScalar(event: ScalarEvent, reader: Reader): ScalarNode {
  if (event.valueStart < 0) return readNothing(reader);
  const style = STYLES[event.style];
  const { text, range } = readText(event, reader);
  return { kind: "scalar", value: style === "plain" ? coreValue(text) : text, text, style, range };
}

type PlacedText = Pick<ScalarNode, "text" | "range">;

function readText(event: ScalarEvent, reader: Reader): PlacedText {
  const text = getScalarValue(reader.text, event);
  const range = rangeOf(event, reader);
  reader.at = range.end;
  return { text, range };
}

function rangeOf({ valueStart, valueEnd, style }: ScalarEvent, reader: Reader): ScalarNode["range"] {
  const { text, at } = reader;
  switch (STYLES[style]) {
    case "plain":
      return { start: valueStart, end: valueEnd };
    case "block": {
      const start = blockHeader(text, at, valueStart);
      // As `|2`: the libraries differ on lines of white space at the end of such a text.
      if (/^.[-+]?\d/.test(text.slice(start, start + 3))) decline(reader);
      return { start, end: endOfBlock(text, start, valueEnd) };
    }
    default:
      return { start: valueStart - 1, end: valueEnd + 1 };
  }
}

/** The `|` or `>` on the line before the block, where nothing else stands but signs, and maybe a key, an anchor or a comment. */
function blockHeader(text: string, at: number, contentStart: number): number {
  let start = Math.max(at, text.lastIndexOf("\n", contentStart - 2) + 1);
  while (start < contentStart && text[start] !== "|" && text[start] !== ">") start += 1;
  return start;
}

function readNothing(reader: Reader): ScalarNode {
  const place = placeOfNothing(reader.text, reader.at);
  reader.at = place;
  return { kind: "scalar", value: null, text: "", style: "plain", range: { start: place, end: place } };
}

function readList({ start }: CollectionEvent, reader: Reader): ListNode {
  const isFlow = reader.text[start] === "[";
  reader.at = isFlow ? start + 1 : start;
  const items: SyntaxNode[] = [];
  while (!isAtPop(reader)) items.push(readNode(reader));
  if (isFlow) reader.at = endOfFlow(reader.text, reader.at);
  return { kind: "list", items, range: { start, end: reader.at } };
}

function readMap({ start }: CollectionEvent, reader: Reader): MapNode {
  const { text, events } = reader;
  const isFlow = text[start] === "{";
  reader.at = isFlow ? start + 1 : start;
  const entries: MapEntry[] = [];
  while (!isAtPop(reader)) {
    const { text: key, range: keyRange } = readKey(reader);
    const value = events[reader.next];
    // As in `a: &x b: c`, which this library takes.
    if (isBlockAt(value) && isOneLine(text, keyRange.end, value.start)) decline(reader);
    entries.push({ key, keyRange, value: readNode(reader) });
  }
  // That is to be reported.
  if (isAnyKeyTwice(entries)) decline(reader);
  if (isFlow) reader.at = endOfFlow(text, reader.at);
  const from = isFlow ? start : (entries[0]?.keyRange.start ?? start);
  return { kind: "map", entries, range: { start: from, end: reader.at } };
}

function readKey(reader: Reader): PlacedText {
  const event = reader.events[reader.next];
  if (event?.type !== SCALAR || event.valueStart < 0) return decline(reader);
  if (event.anchorStart < 0 && event.tagStart < 0) {
    reader.next += 1;
    return readText(event, reader);
  }
  const key = readNode(reader);
  return key.kind === "scalar" ? key : decline(reader);
}

/** An anchor that touches what comes after it, or stands on the line of a block: this library takes some of those. */
function isSquashed(event: ScalarEvent | CollectionEvent, { text }: Reader): boolean {
  const after = text[event.anchorEnd];
  if (after !== undefined && after !== " " && after !== "\n" && after !== "\r") return true;
  return isBlockAt(event) && isOneLine(text, event.anchorEnd, event.start);
}

function isBlockAt(event: Event | undefined): event is CollectionEvent {
  return event !== undefined && "start" in event && event.style !== FLOW;
}

function isOneLine(text: string, from: number, to: number): boolean {
  const lineEnd = text.indexOf("\n", from);
  return lineEnd < 0 || lineEnd > to;
}

/** Whether the collection ends here; then its end is read. After a refusal everything ends. */
function isAtPop(reader: Reader): boolean {
  if (reader.isDeclined) return true;
  const isPop = reader.events[reader.next]?.type === POP;
  if (isPop) reader.next += 1;
  return isPop;
}

function readAlias({ anchorStart, anchorEnd }: AliasEvent, reader: Reader): SyntaxNode {
  const target = reader.anchors.get(reader.text.slice(anchorStart, anchorEnd)) ?? null;
  reader.at = anchorEnd;
  return target !== null && countAliased(target, 0, reader) ? target : decline(reader);
}

/** Adds the nodes of an alias to those of the others; false when they are too many. */
function countAliased(node: SyntaxNode, depth: number, reader: Reader): boolean {
  reader.aliasedNodes += 1 + (node.kind === "scalar" ? node.text.length >> 5 : 0);
  if (reader.aliasedNodes > ALIASED_NODES_MAX || depth > ALIASED_DEPTH_MAX) return false;
  if (node.kind === "list") return node.items.every((item) => countAliased(item, depth + 1, reader));
  return node.kind !== "map" || node.entries.every(({ value }) => countAliased(value, depth + 1, reader));
}

function decline(reader: Reader): ScalarNode {
  reader.isDeclined = true;
  return { kind: "scalar", value: null, text: "", style: "plain", range: { start: 0, end: 0 } };
}

/** Where a place is inside of `{ … }` and `[ … ]`. */
export interface FlowPlace {
  /** Keys and indexes from the value in which the brackets begin. */
  readonly path: readonly (string | number)[];
  readonly role: "key" | "value";
  /** Offset at which the word at the place begins. */
  readonly wordStart: number;
  /** The keys of the map around the place, but the one that is being written. */
  readonly siblings: readonly string[];
}

interface OpenCollection {
  readonly isMap: boolean;
  readonly keys: string[];
  index: number;
  /** The key whose value is being read; null while a key is. */
  key: string | null;
  wordStart: number;
}

/** Reads flow collections from the bracket at `start`; null when all that open are closed before `offset`. */
export function flowPlaceAt(text: string, start: number, offset: number): FlowPlace | null {
  const open: OpenCollection[] = [];
  let at = start;
  while (at < offset) {
    at = readOne(text, at, open);
    if (open.length === 0) return null;
  }
  const last = open.at(-1);
  if (last === undefined) return null;
  return {
    path: open
      .slice(0, -1)
      .map(stepOf)
      .concat(last.isMap && last.key === null ? [] : [stepOf(last)]),
    role: last.isMap && last.key === null ? "key" : "value",
    wordStart: Math.min(skipBlanks(text, last.wordStart, offset), offset),
    siblings: last.isMap ? [...last.keys, ...keysAfter(text, offset)] : [],
  };
}

function stepOf({ isMap, key, index }: OpenCollection): string | number {
  return isMap ? (key ?? "") : index;
}

/** Reads one character, quoted text, comment or expression; returns where the next begins. */
function readOne(text: string, at: number, open: OpenCollection[]): number {
  const closing = closingAt(text, at, open.at(-1));
  if (closing !== null) return endOf(text, at + 1, closing);
  const character = text[at];
  const last = open.at(-1);
  if (character === "{" || character === "[") {
    open.push({ isMap: character === "{", keys: [], index: 0, key: null, wordStart: at + 1 });
  } else if (character === "}" || character === "]") open.pop();
  else if (last !== undefined) readInside(text, at, last);
  return at + 1;
}

/** By what an expression, a quoted text or a comment that begins here ends; null when none does. */
function closingAt(text: string, at: number, last: OpenCollection | undefined): string | null {
  const character = text[at] ?? "";
  if (text.startsWith("${{", at)) return "}}";
  if (character === "#") return /\s/.test(text[at - 1] ?? "") ? "\n" : null;
  const isQuote = character === '"' || character === "'";
  return isQuote && isWordStart(text, at, last) ? character : null;
}

function readInside(text: string, at: number, last: OpenCollection): void {
  if (text[at] === ",") {
    if (last.key !== null) last.keys.push(last.key);
    last.key = null;
    last.index += 1;
    last.wordStart = at + 1;
  } else if (
    text[at] === ":" &&
    last.isMap &&
    last.key === null &&
    /[\s,{}[\]]|^$/.test(text[at + 1] ?? "")
  ) {
    last.key = unquoted(text.slice(last.wordStart, at).trim());
    last.wordStart = at + 1;
  }
}

function isWordStart(text: string, at: number, last: OpenCollection | undefined): boolean {
  return last !== undefined && text.slice(last.wordStart, at).trim() === "";
}

function endOf(text: string, from: number, closing: string): number {
  const found = text.indexOf(closing, from);
  return found < 0 ? text.length : found + closing.length;
}

/** The keys up to the end of the map, where it ends on this line. */
function keysAfter(text: string, offset: number): readonly string[] {
  const line = text.slice(offset, endOf(text, offset, "\n"));
  const rest = line.slice(0, line.search(/[}[{\]]|$/));
  return [...rest.matchAll(/,\s*([\w-]+)\s*:/g)].flatMap(([, key]) => key ?? []);
}

function unquoted(written: string): string {
  return /^(["'])(.*)\1$/s.exec(written)?.[2] ?? written;
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && /\s/.test(text[at] ?? "")) at += 1;
  return at;
}

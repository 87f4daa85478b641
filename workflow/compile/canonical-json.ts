/** Takes a text piece by piece. */
export type Write = (piece: string) => void;

/**
 * The one JSON text of a value: keys sorted by their UTF-16 units, no white space, absent and undefined the same. Equal
 * values give equal texts whatever the order in which they were built (as in RFC 8785).
 */
export function canonicalJson(value: unknown): string {
  let text = "";
  writeCanonical(value, (piece) => {
    text += piece;
  });
  return text;
}

/** The same, for whoever needs the text only once. */
export function writeCanonical(value: unknown, write: Write): void {
  if (typeof value === "string") writeText(value, write);
  else if (typeof value !== "object" || value === null) write(JSON.stringify(value) ?? "null");
  else if (Array.isArray(value)) writeList(value, write, WHOLE);
  // Whatever the object is, it has its own keys.
  else writeObject(value as Readonly<Record<string, unknown>>, write, WHOLE);
}

/** How what is in an object or a list is written. */
export interface PartForm {
  /** Of the entries of objects; what is undefined is left out anyway. */
  readonly isLeftOut: (entry: unknown, key: string) => boolean;
  readonly writePart: (part: unknown, write: Write, key: string) => void;
}

const WHOLE: PartForm = {
  isLeftOut: () => false,
  writePart: (part, write) => writeCanonical(part ?? null, write),
};

/** A list in its order. */
export function writeList(items: readonly unknown[], write: Write, { writePart }: PartForm): void {
  let before = "[";
  for (const item of items) {
    write(before);
    writePart(item, write, "");
    before = ",";
  }
  write(before === "[" ? "[]" : "]");
}

/** An object, its keys sorted. */
export function writeObject(
  entries: Readonly<Record<string, unknown>>,
  write: Write,
  { isLeftOut, writePart }: PartForm,
): void {
  let before = "{";
  for (const key of sortedKeys(entries)) {
    const entry = entries[key];
    if (entry === undefined || isLeftOut(entry, key)) continue;
    write(before);
    writeText(key, write);
    write(":");
    writePart(entry, write, key);
    before = ",";
  }
  write(before === "{" ? "{}" : "}");
}

/** Most texts need no escape, and are written without a copy of them being made. */
function writeText(text: string, write: Write): void {
  if (!UNESCAPED.test(text)) return write(JSON.stringify(text));
  write('"');
  write(text);
  write('"');
}

/** All but `"`, `\\`, control characters, and surrogates, of which those that are alone would be escaped. */
const UNESCAPED = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** More keys than any object of the language has, whose keys are known to it. */
const KEYS_INSERTED_MAX = 40;

/** By insertion, which of few keys takes less time and memory than `sort()`, and next to none where they are sorted. */
function sortedKeys(entries: object): readonly string[] {
  const keys = Object.keys(entries);
  if (keys.length > KEYS_INSERTED_MAX) return keys.sort();
  for (let next = 1; next < keys.length; next += 1) {
    const key = keys[next] ?? "";
    let at = next;
    for (; at > 0 && (keys[at - 1] ?? "") > key; at -= 1) keys[at] = keys[at - 1] ?? "";
    keys[at] = key;
  }
  return keys;
}

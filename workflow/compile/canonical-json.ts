/**
 * The one JSON text of a value: keys sorted by their UTF-16 units, no white space, absent and undefined the same. Equal
 * values give equal texts whatever the order in which they were built (as in RFC 8785).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  // Whatever the object is, it has its own keys.
  return canonicalObject(value as Readonly<Record<string, unknown>>, canonicalJson);
}

/** The same of an object whose values are written by `textOf`; one for which it gives null is left out, as undefined is. */
export function canonicalObject(
  entries: Readonly<Record<string, unknown>>,
  textOf: (value: unknown, key: string) => string | null,
): string {
  let text = "";
  for (const key of sortedKeys(entries)) {
    const entry = entries[key];
    const written = entry === undefined ? null : textOf(entry, key);
    if (written === null) continue;
    // Nearly every key is a word that needs no escape.
    text += `${text === "" ? "" : ","}${WORD.test(key) ? `"${key}"` : JSON.stringify(key)}:${written}`;
  }
  return `{${text}}`;
}

const WORD = /^\w+$/;

/** Most objects are small or sorted already, and to see that takes less time than to sort. */
function sortedKeys(entries: object): readonly string[] {
  const keys = Object.keys(entries);
  for (let at = 1; at < keys.length; at += 1) {
    if ((keys[at - 1] ?? "") > (keys[at] ?? "")) return keys.sort();
  }
  return keys;
}

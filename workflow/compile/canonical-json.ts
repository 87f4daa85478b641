/**
 * The one JSON text of a value: keys sorted by their UTF-16 units, no white space, absent and undefined the same. Equal
 * values give equal texts whatever the order in which they were built (as in RFC 8785).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  // Whatever the object is, it has its own keys.
  const entries = value as Readonly<Record<string, unknown>>;
  let text = "";
  for (const key of Object.keys(entries).sort()) {
    const entry = entries[key];
    if (entry !== undefined)
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(entry)}`;
  }
  return `{${text}}`;
}

/**
 * Dates and instants as text. Only the forms of RFC 3339 are read: `Date.parse` alone would take "1 March" and read it
 * in the zone of the machine.
 */
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Whether the text is a day of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Epoch milliseconds of an RFC 3339 timestamp (a date alone is its midnight in UTC); null when it is neither. */
export function parseTimestamp(text: string): number | null {
  if (isDate(text)) return Date.parse(`${text}T00:00:00Z`);
  const parts = TIMESTAMP.exec(text);
  if (parts?.[1] === undefined || !isDate(parts[1]) || Number(parts[2]) > 23) return null;
  const fraction = parts[5] ?? "";
  const ms = Date.parse(text.toUpperCase().replace(" ", "T").replace(fraction, fraction.slice(0, 4)));
  return Number.isNaN(ms) ? null : ms;
}

/** RFC 3339 in UTC; milliseconds only where there are some. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

const HOUR_MS = 3_600_000;

/** RFC 3339 in UTC, to the millisecond; null beyond the calendar of JavaScript. */
export function timestampText(epochMs: number): string | null {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** An interval without months as a duration of the language. */
export function durationText(ms: number): string {
  const whole = Math.round(Math.abs(ms));
  const sign = ms < 0 ? "-" : "";
  const hours = Math.floor(whole / HOUR_MS);
  const restMs = whole % HOUR_MS;
  return `${sign}${hours > 0 ? `${hours}h` : ""}${restMs > 0 || hours === 0 ? `${restMs}ms` : ""}`;
}

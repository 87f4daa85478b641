import type { TimeZones } from "../types/time-zones.js";

/** RFC 3339 with the wall clock and the offset of a time zone: `2026-11-02T06:00:00-08:00`, `Z` where it is UTC's. */
export function zonedTimestamp(instantMs: number, timezone: string, zones: TimeZones): string {
  const offsetMs = zones.offsetMs(timezone, instantMs);
  const wall = new Date(instantMs + offsetMs).toISOString().slice(0, 19);
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  if (minutes === 0) return `${wall}Z`;
  const twoDigits = (number: number): string => String(number).padStart(2, "0");
  return `${wall}${offsetMs < 0 ? "-" : "+"}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

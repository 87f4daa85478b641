import type { TimeZones } from "../types/time-zones.js";

/** A stretch of time during which a zone keeps one offset; half-open, epoch milliseconds. */
export interface ZoneSegment {
  readonly startsAt: number;
  readonly endsAt: number;
  /** What to add to UTC for the wall clock. */
  readonly offsetMs: number;
  /** The offset just before `startsAt`; the same where the segment was only cut at the turn of a year. */
  readonly offsetMsBefore: number;
}

/** Tells the segment that an instant lies in. */
export type ZoneSegments = (timezone: string, instantMs: number) => ZoneSegment;

const YEARS_KEPT_MAX = 2000;
/** No zone has changed its clock twice within three days, and none will on purpose. */
const SAMPLE_MS = 3 * 86_400_000;

/** Segments by year of UTC, found once: the engine offers no list of clock changes, only the offset at an instant. */
export function createZoneSegments(zones: TimeZones): ZoneSegments {
  const years = new Map<string, readonly ZoneSegment[]>();

  function segmentsOf(timezone: string, year: number): readonly ZoneSegment[] {
    const key = `${year} ${timezone}`;
    const known = years.get(key);
    if (known !== undefined) return known;
    if (years.size >= YEARS_KEPT_MAX) years.clear();
    const segments = findSegments((instant) => zones.offsetMs(timezone, instant), year);
    years.set(key, segments);
    return segments;
  }

  return (timezone, instantMs) => {
    const year = new Date(instantMs).getUTCFullYear();
    const segments = segmentsOf(timezone, year);
    const found = segments.find((segment) => instantMs < segment.endsAt) ?? segments.at(-1);
    // A year has at least one segment.
    return found ?? { startsAt: instantMs, endsAt: instantMs + 1, offsetMs: 0, offsetMsBefore: 0 };
  };
}

type OffsetAt = (instantMs: number) => number;

function findSegments(offsetAt: OffsetAt, year: number): readonly ZoneSegment[] {
  const yearEndsAt = Date.UTC(year + 1, 0, 1);
  const segments: ZoneSegment[] = [];
  let startsAt = Date.UTC(year, 0, 1);
  let offsetMs = offsetAt(startsAt);
  let offsetMsBefore = offsetAt(startsAt - 1);
  for (let at = startsAt; at < yearEndsAt; at += SAMPLE_MS) {
    const until = Math.min(at + SAMPLE_MS, yearEndsAt - 1);
    const offsetMsNext = offsetAt(until);
    if (offsetMsNext === offsetMs) continue;
    const endsAt = findChange(offsetAt, at, until);
    segments.push({ startsAt, endsAt, offsetMs, offsetMsBefore });
    startsAt = endsAt;
    offsetMsBefore = offsetMs;
    offsetMs = offsetMsNext;
  }
  segments.push({ startsAt, endsAt: yearEndsAt, offsetMs, offsetMsBefore });
  return segments;
}

/** The first instant, to the millisecond, at which the offset is no longer what it is at `before`. */
function findChange(offsetAt: OffsetAt, before: number, after: number): number {
  const offsetMs = offsetAt(before);
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offsetMs) low = middle;
    else high = middle;
  }
  return high;
}

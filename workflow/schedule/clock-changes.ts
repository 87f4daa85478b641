import type { ZoneSegments } from "./zone-segments.js";

/** A change of a time zone's clock; epoch milliseconds. */
export interface ClockChange {
  /** The first instant with the new offset. */
  readonly at: number;
  /** What to add to UTC for the wall clock, before and from `at` on. */
  readonly offsetMsBefore: number;
  readonly offsetMsAfter: number;
}

/** The clock changes of a zone in (afterMs, untilMs], in order. */
export function clockChanges(
  timezone: string,
  { afterMs, untilMs }: { readonly afterMs: number; readonly untilMs: number },
  segmentAt: ZoneSegments,
): readonly ClockChange[] {
  const changes: ClockChange[] = [];
  let segment = segmentAt(timezone, afterMs);
  while (segment.endsAt <= untilMs) {
    segment = segmentAt(timezone, segment.endsAt);
    // A segment that was only cut at the turn of a year changes nothing.
    if (segment.offsetMs === segment.offsetMsBefore) continue;
    const { startsAt: at, offsetMsBefore, offsetMs: offsetMsAfter } = segment;
    changes.push({ at, offsetMsBefore, offsetMsAfter });
  }
  return changes;
}

import type { CronSlots } from "./cron-slots.js";
import type { ZoneSegments } from "./zone-segments.js";

/** A cron with all that decides what its slots mean in time. */
export interface CronInZone {
  readonly slots: CronSlots;
  readonly timezone: string;
  readonly segmentAt: ZoneSegments;
  /** Slots that a clock change jumps over fire, as one, at the first instant after it; else not at all. */
  readonly runsAfterGap: boolean;
  /** Slots that come twice fire both times; else the first time. */
  readonly firesTwice: boolean;
}

/** The rarest cron, 29 February on a given day of the week, comes within 40 years; a year has few segments. */
const SEGMENTS_MAX = 400;

/**
 * The first fire after an instant. Goes through the stretches of one offset in order of time and looks in each for
 * slots between the wall times at which it starts and ends, so the answer follows from the instant alone.
 */
export function nextCronFire(cron: CronInZone, afterMs: number): number | null {
  const { slots, segmentAt, timezone } = cron;
  let segment = segmentAt(timezone, afterMs);
  let slot = slots.nextAtOrAfter(Math.max(afterMs + 1 + segment.offsetMs, firstWall(segment, cron)));
  for (let count = 0; slot !== null && count < SEGMENTS_MAX; count += 1) {
    if (slot < segment.endsAt + segment.offsetMs) return slot - segment.offsetMs;
    const next = segmentAt(timezone, segment.endsAt);
    const shiftMs = next.offsetMs - segment.offsetMs;
    if (shiftMs > 0 && slot < next.startsAt + next.offsetMs && cron.runsAfterGap) return next.startsAt;
    if (shiftMs !== 0) slot = slots.nextAtOrAfter(firstWall(next, cron));
    segment = next;
  }
  return null;
}

/** The wall time from which slots count in a segment: its start, or where the repeated wall times end. */
function firstWall(
  segment: { readonly startsAt: number; readonly offsetMs: number; readonly offsetMsBefore: number },
  cron: CronInZone,
): number {
  const repeats = segment.offsetMsBefore > segment.offsetMs && !cron.firesTwice;
  return segment.startsAt + (repeats ? segment.offsetMsBefore : segment.offsetMs);
}

import type { ScheduleReader, ScheduleTiming } from "./schedule.js";

/**
 * The last instant in [from, before) at which a schedule fires, epoch milliseconds; null when there is none. It halves the time in which
 * that can lie: a second's schedule after a year costs some fifty looks, not millions, and one that fires once in it two.
 */
export function lastFire(
  reader: Pick<ScheduleReader, "nextFire">,
  timing: ScheduleTiming,
  { from, before }: { readonly from: number; readonly before: number },
): number | null {
  let last = reader.nextFire(timing, from - 1);
  if (last === null || last >= before) return null;
  let noneAfter = before;
  for (;;) {
    const next = reader.nextFire(timing, last);
    if (next === null || next >= before) return last;
    const middle = Math.floor((next + noneAfter) / 2);
    const slot = reader.nextFire(timing, middle);
    const isThere = slot !== null && slot < before;
    last = isThere ? slot : next;
    if (!isThere) noneAfter = middle;
  }
}

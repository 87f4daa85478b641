import type { ScheduleReader, ScheduleTiming } from "./schedule.js";

/**
 * The last instant in [from, before) at which a schedule fires, epoch milliseconds; null when there is none. It halves the time in which
 * that can lie: a second's schedule after a year costs some forty looks, not millions.
 */
export function lastFire(
  reader: Pick<ScheduleReader, "nextFire">,
  timing: ScheduleTiming,
  { from, before }: { readonly from: number; readonly before: number },
): number | null {
  const first = reader.nextFire(timing, from - 1);
  if (first === null || first >= before) return null;
  let last = first;
  let noneAfter = before;
  while (last < noneAfter) {
    const middle = Math.floor((last + noneAfter) / 2);
    const slot = reader.nextFire(timing, middle);
    if (slot !== null && slot < before) last = slot;
    else noneAfter = middle;
  }
  return last;
}

import type { ScheduleReader, ScheduleTiming } from "./schedule.js";

/** An instant at which one or more schedules of a workflow fire. */
export interface UpcomingFire<Timing extends ScheduleTiming> {
  /** Epoch milliseconds, jitter left out. */
  readonly at: number;
  /** In the order in which they were given; never empty. */
  readonly schedules: readonly Timing[];
}

/**
 * The first `count` instants strictly after `afterMs` at which any of the schedules fires, in order, each once; fewer when
 * all of them end.
 */
export function upcomingFires<Timing extends ScheduleTiming>(
  schedules: readonly Timing[],
  { afterMs, count }: { readonly afterMs: number; readonly count: number },
  reader: ScheduleReader,
): readonly UpcomingFire<Timing>[] {
  const fires: UpcomingFire<Timing>[] = [];
  let upcoming = schedules.map((schedule) => ({ schedule, at: reader.nextFire(schedule, afterMs) }));
  while (fires.length < count) {
    const at = Math.min(...upcoming.map((next) => next.at ?? Number.POSITIVE_INFINITY));
    if (at === Number.POSITIVE_INFINITY) break;
    fires.push({ at, schedules: upcoming.filter((next) => next.at === at).map(({ schedule }) => schedule) });
    upcoming = upcoming.map((next) =>
      next.at === at ? { ...next, at: reader.nextFire(next.schedule, at) } : next,
    );
  }
  return fires;
}

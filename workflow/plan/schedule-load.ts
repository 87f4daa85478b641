import { canonicalJson } from "../compile/canonical-json.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import { oncePer } from "../project/once-per.js";
import { firesAfter } from "../schedule/fires-after.js";
import type { ScheduleTiming } from "../schedule/schedule.js";
import { formatTimestamp } from "../types/instant.js";
import { timingOf, type ScheduleClock } from "./schedule-change.js";
import type { WorkflowPair } from "./workflow-pairs.js";

/** How many runs the schedules of the whole project start in each of the 24 hours of UTC from the switch on, jitter left out. */
export interface ScheduleLoad {
  /** Empty when the different schedules have more than 50,000 slots a day, which would take seconds to count. */
  readonly hours: readonly HourlyLoad[];
}

export interface HourlyLoad {
  /** RFC 3339 in UTC. The first hour is the one that the switch lies in, counted whole. */
  readonly startsAt: string;
  readonly before: number;
  readonly after: number;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
const SLOTS_COUNTED_MAX = 50_000;

/**
 * The load of a project before and after a change of those pairs. Takes time with the number of different schedules, not of workflows: those
 * of a list are counted once.
 */
export function scheduleLoad(
  before: readonly CompiledWorkflow[],
  pairs: readonly WorkflowPair[],
  clock: ScheduleClock,
): ScheduleLoad {
  const startsAt = Math.floor(clock.at / HOUR_MS) * HOUR_MS;
  const known = new Map<string, readonly number[]>();
  let slotsLeft = SLOTS_COUNTED_MAX;
  const loadOf = (timings: Iterable<CountedTiming>): readonly number[] => {
    const total = Array.from({ length: HOURS }, () => 0);
    for (const { key, timing, count } of timings) {
      const slots = known.get(key) ?? slotsByHour(timing, { startsAt, slotsMax: slotsLeft, clock });
      if (!known.has(key)) slotsLeft -= slots.reduce((sum, number) => sum + number, 0);
      known.set(key, slots);
      for (const [hour, number] of slots.entries()) total[hour] = (total[hour] ?? 0) + number * count;
    }
    return total;
  };
  const old = loadOf(countTimings(before));
  const gone = loadOf(countTimings(pairs.flatMap((pair) => pair.before ?? [])));
  const come = loadOf(countTimings(pairs.flatMap((pair) => pair.after ?? [])));
  if (slotsLeft <= 0) return { hours: [] };
  return {
    hours: old.map((slots, hour) => ({
      startsAt: formatTimestamp(startsAt + hour * HOUR_MS),
      before: slots,
      after: slots - (gone[hour] ?? 0) + (come[hour] ?? 0),
    })),
  };
}

/** Most projects have few different schedules, however many workflows. */
const countTimings = oncePer((workflows: readonly CompiledWorkflow[]): readonly CountedTiming[] => {
  const counts = new Map<string, { key: string; timing: ScheduleTiming; count: number }>();
  for (const workflow of workflows) {
    for (const { key, timing } of timingsOf(workflow)) {
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { key, timing, count: 1 });
      else known.count += 1;
    }
  }
  return [...counts.values()];
});

interface CountedTiming {
  readonly key: string;
  readonly timing: ScheduleTiming;
  /** Of the schedules that have it. */
  readonly count: number;
}

const timingsOf = oncePer(({ definition }: CompiledWorkflow) =>
  definition.triggers.flatMap((trigger) => {
    if (trigger.kind !== "schedule") return [];
    const timing = timingOf(trigger);
    return [{ key: canonicalJson(timing), timing }];
  }),
);

function slotsByHour(
  timing: ScheduleTiming,
  {
    startsAt,
    slotsMax,
    clock,
  }: { readonly startsAt: number; readonly slotsMax: number; readonly clock: ScheduleClock },
): readonly number[] {
  const slots = Array.from({ length: HOURS }, () => 0);
  const endsAt = startsAt + HOURS * HOUR_MS;
  let counted = 0;
  for (const slot of firesAfter(timing, startsAt - 1, clock.schedules)) {
    if (slot >= endsAt || counted === slotsMax) break;
    const hour = Math.floor((slot - startsAt) / HOUR_MS);
    slots[hour] = (slots[hour] ?? 0) + 1;
    counted += 1;
  }
  return slots;
}

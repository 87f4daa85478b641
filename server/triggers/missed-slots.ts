import { lastFire } from "@headwater/workflow";
import type { ScheduleReader, ScheduleTrigger } from "@headwater/workflow";

/** So many slots get their run in one round; the others have to wait for the next, so that no backlog holds up the service. */
export const MAX_SLOTS_AT_ONCE = 1000;

export interface DueSlots {
  /** The slots that get a run, oldest first. */
  readonly fire: readonly number[];
  /** The slots from `from` to before `before` pass without a run; null when none does. */
  readonly passed: { readonly from: number; readonly before: number } | null;
  /** The first slot that is not dealt with, not always after `now`; null when the schedule never fires again. */
  readonly nextSlotAt: number | null;
}

export interface DueTimes {
  /** The slot that has come. */
  readonly from: number;
  /** Slots before it were missed while the service was down or the workflow paused. */
  readonly upSince: number;
  readonly now: number;
  /** At most so many slots fire, 1 or more. */
  readonly limit: number;
}

/**
 * What to do about a schedule whose slot `from` has come: `missed` says which slots before `upSince` count. Later ones
 * all count, however late they are noticed.
 */
export function dueSlots(reader: ScheduleReader, trigger: ScheduleTrigger, times: DueTimes): DueSlots {
  const first = firstThatCounts(reader, trigger, times);
  const fire: number[] = [];
  let slot = first;
  while (slot !== null && slot <= times.now && fire.length < times.limit) {
    fire.push(slot);
    slot = reader.nextFire(trigger, slot);
  }
  const passed = first === times.from ? null : { from: times.from, before: first ?? times.upSince };
  return { fire, passed, nextSlotAt: slot };
}

function firstThatCounts(
  reader: ScheduleReader,
  trigger: ScheduleTrigger,
  { from, upSince }: DueTimes,
): number | null {
  if (from >= upSince || trigger.missed === "all") return from;
  if (trigger.missed === "none") return reader.nextFire(trigger, upSince - 1);
  return lastFire(reader, trigger, { from, before: upSince });
}

import { nextFire } from "@headwater/workflow";
import type { ScheduleTrigger } from "@headwater/workflow";

/** A schedule that was due says how many slots it makes up for at most; beyond, the oldest are dropped and said so. */
export const MAX_SLOTS_AT_ONCE = 1000;

export interface DueSlots {
  /** The slots that get a run, oldest first. */
  readonly fire: readonly number[];
  readonly dropped: number;
  /** The first slot after `now`; null when the schedule never fires again. */
  readonly nextSlotAt: number | null;
}

/**
 * What to do about a schedule whose slot `from` has come. Slots before `upSince` were missed while the service was
 * down: `missed` says which of them count. Later ones all count, however late they are noticed.
 */
export function dueSlots(
  trigger: ScheduleTrigger,
  times: { readonly from: number; readonly upSince: number; readonly now: number },
): DueSlots {
  const missed: number[] = [];
  const fire: number[] = [];
  let dropped = 0;
  let slot: number | null = times.from;
  while (slot !== null && slot <= times.now) {
    const list = slot < times.upSince ? missed : fire;
    list.push(slot);
    if (list.length > MAX_SLOTS_AT_ONCE) {
      list.shift();
      dropped += 1;
    }
    slot = nextFire(trigger, slot);
  }
  const kept = trigger.missed === "all" ? missed : trigger.missed === "latest" ? missed.slice(-1) : [];
  return { fire: [...kept, ...fire], dropped: dropped + missed.length - kept.length, nextSlotAt: slot };
}

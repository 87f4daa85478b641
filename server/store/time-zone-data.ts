import type { ScheduleTrigger } from "@headwater/workflow";

/** Which data of time zones, and rules of cron, the slots of schedules were computed by, so that others are noticed. */
export interface TimeZoneData {
  /** Its version, such as `2026a, cron 2`; null before any was kept. */
  findTimeZoneData(): Promise<string | null>;
  /** Every slot was computed, or looked at, by this version. */
  saveTimeZoneData(version: string): Promise<void>;
  /** Schedules that fire again, by id. `after` is the id of the last one of the page before. */
  listPendingSchedules(query: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly PendingSchedule[]>;
  /** Moves next slots, with their jitter; one that is no longer where it was seen stays. */
  moveSlots(moves: readonly SlotMove[]): Promise<void>;
}

/** A schedule with the slot that comes next, epoch milliseconds. */
export interface PendingSchedule {
  readonly id: string;
  readonly trigger: ScheduleTrigger;
  readonly nextSlotAt: number | null;
}

export interface SlotMove {
  readonly scheduleId: string;
  readonly from: number;
  readonly to: number;
}

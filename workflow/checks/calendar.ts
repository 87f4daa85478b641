import type { ScheduleReader } from "../schedule/schedule.js";

/** What schedules are held against. */
export interface Calendar {
  /** The day from which one looks ahead: its first instant in UTC, epoch milliseconds. */
  readonly todayMs: number;
  readonly schedules: ScheduleReader;
}

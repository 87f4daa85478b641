import type { ScheduleReader, ScheduleTiming } from "./schedule.js";

/**
 * The fires of a schedule strictly after an instant, in order, jitter left out, epoch milliseconds. Most schedules have no end,
 * so whoever asks stops.
 * @yields the next fire
 */
export function* firesAfter(
  timing: ScheduleTiming,
  afterMs: number,
  schedules: ScheduleReader,
): Generator<number, void> {
  let fire = schedules.nextFire(timing, afterMs);
  while (fire !== null) {
    yield fire;
    fire = schedules.nextFire(timing, fire);
  }
}

import { sleep, type Clock } from "../clock.js";

const WINDOW_MS = 60_000;

/** So many writes in any minute, and none before a given time. */
export class WriteBudget {
  readonly #clock: Clock;
  readonly #writesPerMinute: number;
  #times: readonly number[] = [];
  #closedUntil = 0;

  constructor(clock: Clock, writesPerMinute: number) {
    this.#clock = clock;
    this.#writesPerMinute = writesPerMinute;
  }

  /** Nothing is written for so long: the host has said so. */
  pause(durationMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + durationMs);
  }

  /** Waits until one more may be written, and counts it. Returns early when it aborts. */
  async take(stop: AbortSignal): Promise<void> {
    for (let wait = this.#waitMs(); wait > 0 && !stop.aborted; wait = this.#waitMs())
      await sleep(this.#clock, wait, stop);
    this.#times = [...this.#times, this.#clock.now()];
  }

  #waitMs(): number {
    const now = this.#clock.now();
    this.#times = this.#times.filter((time) => time > now - WINDOW_MS);
    const [oldest = now] = this.#times;
    const full = this.#times.length >= this.#writesPerMinute ? oldest + WINDOW_MS - now : 0;
    return Math.max(full, this.#closedUntil - now);
  }
}

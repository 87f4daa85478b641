import type { Clock } from "../clock.js";

/** Less is how clocks are slowly put right. */
const SET_BACK_MS = 5000;

/**
 * The clock on the wall, save that it is never set back within one life of the service: who waits for an hour waits for an hour. It is
 * set ahead, as after the machine was asleep, and is put right again where that was a mistake. So it may be ahead of the wall, which
 * only what counts from an earlier reading of it may not mind.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  #wall: number;
  #steady: number;
  /** How far the wall was set back. */
  #aheadMs = 0;
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#steady = clock.steady();
    this.#last = this.#wall;
  }

  now(): number {
    const [wall, steady] = [this.#clock.now(), this.#clock.steady()];
    const setBackMs = Math.round(this.#wall + steady - this.#steady - wall);
    if (Math.abs(setBackMs) > SET_BACK_MS) this.#aheadMs = Math.max(0, this.#aheadMs + setBackMs);
    this.#wall = wall;
    this.#steady = steady;
    this.#last = Math.max(this.#last, wall + this.#aheadMs);
    return this.#last;
  }

  steady(): number {
    return this.#clock.steady();
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#clock.after(delayMs, callback);
  }

  afterTurn(callback: () => void): void {
    this.#clock.afterTurn(callback);
  }
}

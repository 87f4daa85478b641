import type { Clock } from "#server/clock.js";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** After so many turns of the event loop in which nothing was asked for, nothing will be until a timer rings. */
const QUIET_TURNS = 2;

/**
 * Time that passes only when everything that can happen now has happened. Real work of other threads (the database) is
 * waited for, so that the same seed meets the same order of events every time.
 */
export class VirtualTime {
  /** How far the clocks that people see are off the time that passes: jumps, as of a clock that is set. */
  skewMs = 0;
  #now: number;
  #order = 0;
  #inFlight = 0;
  #turns = 0;
  readonly #timers: Timer[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  /** Epoch milliseconds, as the clock on the wall has it. */
  now(): number {
    return this.#now + this.skewMs;
  }

  /** A clock for what lives as long as `isAlive` says: then its timers ring no more. */
  clockFor(isAlive: () => boolean): Clock {
    return {
      now: () => this.now(),
      after: (delayMs, callback) =>
        this.after(delayMs, () => {
          if (isAlive()) callback();
        }),
    };
  }

  /** Calls back once after that time; answers how to call it off. */
  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: (this.#order += 1), callback };
    const index = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(index === -1 ? this.#timers.length : index, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at !== -1) this.#timers.splice(at, 1);
    };
  }

  /** Waits for work that is done elsewhere before time goes on. */
  async during<Value>(work: Promise<Value>): Promise<Value> {
    this.#inFlight += 1;
    try {
      return await work;
    } finally {
      this.#inFlight -= 1;
      this.#turns = 0;
    }
  }

  /** Lets time pass until `isOver`, or until nothing will ever happen any more. */
  async pass(isOver: () => boolean, isHeldUp: () => boolean): Promise<void> {
    for (;;) {
      await this.#quiet(isHeldUp);
      if (isOver()) return;
      const next = this.#timers.shift();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
  }

  async #quiet(isHeldUp: () => boolean): Promise<void> {
    this.#turns = 0;
    while (this.#turns < QUIET_TURNS || (this.#inFlight > 0 && !isHeldUp())) {
      this.#turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

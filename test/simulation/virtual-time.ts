import type { Clock } from "#server/clock.js";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that passes only when everything that can happen now has happened. Real work of other threads (the database) is
 * waited for, so that the same seed meets the same order of events every time. Where there is none the event loop does not
 * turn: its turns were most of what a seed cost.
 */
export class VirtualTime {
  /** How far the clocks that people see are off the time that passes: jumps, as of a clock that is set. */
  skewMs = 0;
  #now: number;
  #order = 0;
  #inFlight = 0;
  /** Called back when this turn is over. */
  #turnEnds: (() => void)[] = [];
  readonly #timers: Timer[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  /** Epoch milliseconds, as the clock on the wall has it. */
  now(): number {
    return this.#now + this.skewMs;
  }

  /** Milliseconds that have passed, whatever the clocks say. */
  steady(): number {
    return this.#now;
  }

  /** A clock for what lives as long as `isAlive` says: then its timers ring no more. */
  clockFor(isAlive: () => boolean): Clock {
    return {
      now: () => this.now(),
      steady: () => this.steady(),
      after: (delayMs, callback) =>
        this.after(delayMs, () => {
          if (isAlive()) callback();
        }),
      afterTurn: (callback) =>
        this.afterTurn(() => {
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

  /** Calls back when nothing more can happen before time goes on. */
  afterTurn(callback: () => void): void {
    this.#turnEnds.push(callback);
  }

  /** Waits for work that is done elsewhere before time goes on. */
  async during<Value>(work: Promise<Value>): Promise<Value> {
    this.#inFlight += 1;
    try {
      return await work;
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Lets time pass until `isOver`, or until nothing will ever happen any more. */
  async pass(isOver: () => boolean, isHeldUp: () => boolean): Promise<void> {
    await this.#passUntil(isOver, isHeldUp);
    // Node.js tells of what was thrown and nobody has caught only when the event loop turns.
    await eventLoopTurned();
  }

  async #passUntil(isOver: () => boolean, isHeldUp: () => boolean): Promise<void> {
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
    for (;;) {
      await promisesSettled();
      if (this.#inFlight > 0) {
        await eventLoopTurned();
        if (!isHeldUp()) continue;
      }
      if (this.#turnEnds.length === 0) return;
      const turnEnds = this.#turnEnds;
      this.#turnEnds = [];
      for (const callback of turnEnds) callback();
    }
  }
}

/** Everything that promises lead to has happened: Node.js comes to its next tick only when it has no microtask left. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** What other threads have answered has arrived. */
function eventLoopTurned(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

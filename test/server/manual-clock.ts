import type { Clock } from "#server/clock.js";

interface Timer {
  at: number;
  readonly callback: () => void;
}

/** A clock that moves only when a test says so; timers ring in order of their time. */
export class ManualClock implements Clock {
  #now: number;
  /** How far it was set, which time itself does not feel. */
  #setMs = 0;
  readonly #timers = new Set<Timer>();

  constructor(now: number) {
    this.#now = now;
  }

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  steady(): number {
    return this.#now - this.#setMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The event loop turns by itself, whatever time it is. */
  afterTurn(callback: () => void): void {
    setImmediate(callback);
  }

  /** Moves the time on, ringing every timer that falls due on the way, those set meanwhile included. */
  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (let next = this.#earliest(until); next !== undefined; next = this.#earliest(until)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = until;
  }

  /** Sets the time on without a timer counting it, as when the machine was asleep or its clock is set. */
  jump(byMs: number): void {
    for (const timer of this.#timers) timer.at += byMs;
    this.#now += byMs;
    this.#setMs += byMs;
  }

  #earliest(until: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }
}

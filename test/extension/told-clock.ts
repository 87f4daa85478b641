import type { Clock } from "#extension/clock.js";

/** Pauses are over at once; all other time passes when a test says so, however slow the machine is. */
export class ToldClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Map<() => void, number>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): () => void {
    const fire = (): void => call();
    this.#timers.set(fire, this.#nowMs + delayMs);
    return () => this.#timers.delete(fire);
  }

  wait(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 1));
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    const due = [...this.#timers].filter(([, at]) => at <= this.#nowMs);
    for (const [fire] of due) {
      this.#timers.delete(fire);
      fire();
    }
  }
}

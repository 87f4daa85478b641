/** The only place that reads the wall clock and sets timers. Everything else is given one, so that tests own the time. */
export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Calls back once after `delayMs` (clamped to what a timer holds); returns how to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop?.aborted) return resolve();
    const cancel = clock.after(delayMs, done);
    stop?.addEventListener("abort", done, { once: true });
    function done(): void {
      cancel();
      stop?.removeEventListener("abort", done);
      resolve();
    }
  });
}

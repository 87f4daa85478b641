/** The wall clock and its timers, in the one place that may ask for them. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after some milliseconds; returns what cancels that. */
  after(delayMs: number, call: () => void): () => void;
  wait(delayMs: number): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, call) {
    const timeout = setTimeout(call, delayMs);
    return () => clearTimeout(timeout);
  },
  wait: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
};

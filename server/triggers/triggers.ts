/** Turns the clock and signals into runs, each slot and each match exactly once. */
export interface Triggers {
  start(): Promise<void>;
  /** Idempotent; waits for what is under way. */
  stop(): Promise<void>;
  /** Something may be due sooner than known: a deployment has changed schedules. */
  wakeSchedules(): void;
  /** Signals have been recorded. */
  wakeSignals(): void;
}

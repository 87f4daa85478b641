import type { AttemptResult } from "@headwater/engine";
import type { Attempt } from "../steps/step-context.js";

/** Where attempts execute. One conformance suite holds for every implementation. */
export interface Workers {
  /** Resolves when nothing runs any more that an earlier life has left, or when nobody waits for that any more. */
  start(interrupt?: AbortSignal): Promise<void>;
  /** Kills what still runs and waits for it; idempotent. */
  stop(): Promise<void>;
  /**
   * Executes one attempt to its end. Aborting `cancel.signal` stops it: the whole process group gets SIGTERM, then SIGKILL.
   * A controller makes its signal when it is first asked for, which costs more than a noop: that one never asks.
   * Enforces the attempt's own timeout from the moment it began. Never throws: a lost worker is a `platform` failure.
   */
  execute(attempt: Attempt, cancel: Cancel, onStarted: () => void): Promise<AttemptResult>;
}

/** How an attempt is told to stop: an `AbortController`, of which only the signal is for workers. */
export type Cancel = Pick<AbortController, "signal">;

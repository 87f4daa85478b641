import type { AttemptResult } from "@headwater/engine";
import type { Attempt } from "../steps/step-context.js";

/** Where attempts execute. One conformance suite holds for every implementation. */
export interface Workers {
  /** Resolves when nothing runs any more that an earlier life has left, or when nobody waits for that any more. */
  start(interrupt?: AbortSignal): Promise<void>;
  /** Kills what still runs and waits for it; idempotent. */
  stop(): Promise<void>;
  /**
   * Executes one attempt to its end. Aborting `cancel` stops it: the whole process group gets SIGTERM, then SIGKILL.
   * Enforces the attempt's own timeout from the moment it began. Never throws: a lost worker is a `platform` failure.
   */
  execute(attempt: Attempt, cancel: AbortSignal, onStarted: () => void): Promise<AttemptResult>;
}

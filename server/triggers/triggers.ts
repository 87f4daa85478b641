import type { Evaluator, ScheduleReader } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { Runs } from "../runs/runs.js";
import type { Store } from "../store/store.js";

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

export interface TriggersOptions {
  readonly store: Store;
  readonly runs: Pick<Runs, "adopt" | "hear">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly evaluator: Evaluator;
  readonly scheduleReader: ScheduleReader;
  /** The version of the time zone data by which `scheduleReader` reads; none: slots stay where they are, whatever it says of them. */
  readonly timeZoneData?: string | undefined;
  /** How many runs one run may set going through signals, directly and through others. Default 10,000. */
  readonly chainedRunsMax?: number;
}

import type { Json } from "@headwater/workflow";
import type { StepPath } from "./event.js";
import type { JobCounts } from "./job-counts.js";
import type { StepStatus } from "./step-status.js";

/** One step instance as people see it: a row of the run's table. Times are epoch milliseconds. */
export interface StepChange {
  readonly path: StepPath;
  readonly kind: string;
  readonly status: StepStatus;
  /** 0 before the first attempt. */
  readonly attempt: number;
  /** When it became eligible and was queued; when its last attempt began; when the step ended. */
  readonly queuedAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /**
   * Why it waits, was skipped or failed, in words for a person; of one that is tried again, or went well after that, why
   * the attempt before failed. Null when there is nothing to say.
   */
  readonly reason: string | null;
  readonly outputs: Readonly<Record<string, Json>> | null;
  /** For a foreach: its iterations. */
  readonly iterations: {
    readonly total: number;
    readonly running: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
  } | null;
  /** For a loop that has begun: the jobs of all its iterations, those of loops within among them. */
  readonly jobs: JobCounts | null;
  /** The run of another workflow that the step has started, whose jobs count in its place. */
  readonly startedRun: string | null;
  /** The attempt of the run in which it last changed: what was kept at a restart is of one before. */
  readonly runAttempt: number;
}

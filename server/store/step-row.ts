import type { StepChange } from "@headwater/engine";

/** `jobs`: with those of the runs that steps within a loop have started; of a step that has started a run, those of that run. */
export interface StepRow extends Omit<StepChange, "runAttempt"> {
  /** Null for one that was written before it was kept. */
  readonly runAttempt: number | null;
  readonly runId: string;
  /** Order of first change within the run. */
  readonly position: number;
}

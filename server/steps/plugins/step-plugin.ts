import type { Json } from "@headwater/workflow";

/**
 * What a module must export, by name or as its default, to be a kind of step. It is loaded in a process of each attempt's own, which starts in
 * the working copy, with the variables that a script has; what it prints is the step's log.
 */
export interface StepPlugin {
  /**
   * Does the step's work and answers its outputs. What it throws is the failure of the step, with the error's message as the reason; an error
   * with `retryable: false` is final.
   */
  execute(call: PluginCall): Promise<Readonly<Record<string, Json>> | undefined>;
}

/** One attempt. */
export interface PluginCall {
  /** What the step gave by `with`, secrets filled in, and the defaults of what it did not. */
  readonly inputs: Readonly<Record<string, Json>>;
  /** Aborted when the attempt is canceled or its time is over; `HEADWATER_KILL_AFTER_SECONDS` later the process is killed. */
  readonly signal: AbortSignal;
}

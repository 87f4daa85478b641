import type { Json } from "@headwater/workflow";
import type { RunStatus } from "./run-status.js";
import type { StepPath, TimerId } from "./event.js";

/** What the shell must do after a decision is durable; it does nothing else. All of it may be repeated safely. */
export type Effect =
  /** Give the attempt to a worker when capacity allows. `attempt` is the fence: 1, 2, … */
  | { readonly kind: "enqueue"; readonly path: StepPath; readonly attempt: number }
  /** Stop an attempt that was enqueued; it answers with `attempt_ended`, also when it had not begun. */
  | { readonly kind: "cancel"; readonly path: StepPath; readonly attempt: number }
  | { readonly kind: "set_timer"; readonly timer: TimerId; readonly at: number }
  | { readonly kind: "clear_timer"; readonly timer: TimerId }
  /** `key` is unique within the run, so that a repeated effect emits once. */
  | {
      readonly kind: "emit";
      readonly key: string;
      readonly signal: string;
      readonly params: Readonly<Record<string, Json>>;
    }
  | { readonly kind: "finish"; readonly status: RunStatus; readonly reason: string | null };

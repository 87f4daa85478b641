import type { Json, SignalMatch } from "@headwater/workflow";
import type { Actor } from "./operations/action.js";
import type { RunStatus } from "./run-status.js";
import type { StepPath, TimerId } from "./event.js";

/** What the shell must do after a decision is durable; it does nothing else. All of it may be repeated safely. */
export type Effect =
  /**
   * Give the attempt to a worker of `pool` (none: of any) when capacity allows, and as long as it runs all of `permits`.
   * `attempt` is the fence: 1, 2, … With `cache` look first for a remembered result of that key, and answer `cached` when there is one.
   */
  | {
      readonly kind: "enqueue";
      readonly path: StepPath;
      readonly attempt: number;
      readonly pool?: string;
      readonly permits?: readonly string[];
      readonly cache?: CacheQuestion;
    }
  /** Stop an attempt that was enqueued; it answers with `attempt_ended`, also when it had not begun. */
  | { readonly kind: "cancel"; readonly path: StepPath; readonly attempt: number }
  /** Take an attempt back that has not begun; it answers with `attempt_ended`, `withdrawn`. One that has begun goes on. */
  | { readonly kind: "withdraw"; readonly path: StepPath; readonly attempt: number }
  /**
   * Create a run of another workflow of the project at the same commit: once for each `key`, which is unique within this
   * run. It answers `run_started`, and with `wait` also `run_ended`, now when it has ended long ago. `cache`: as above.
   * `permits` are held by each attempt of the run.
   */
  | {
      readonly kind: "start_run";
      readonly path: StepPath;
      readonly attempt: number;
      readonly key: string;
      readonly workflow: string;
      readonly params: Readonly<Record<string, Json>>;
      readonly wait: boolean;
      readonly permits?: readonly string[];
      readonly cache?: CacheQuestion;
    }
  /** Cancel the run that the step waits for; it answers with `run_ended`. */
  | { readonly kind: "cancel_run"; readonly path: StepPath; readonly attempt: number; readonly key: string }
  /**
   * Post `parent_paused` or `parent_resumed` to the run that the step waits for; nothing when it is not there. Asked again
   * after a restart, since nobody knows whether it heard.
   */
  | ({
      readonly kind: "pause_run";
      readonly path: StepPath;
      readonly attempt: number;
      readonly key: string;
      /** Which pause of this run it is: 1, 2, … */
      readonly pause: number;
    } & Actor)
  | ({
      readonly kind: "resume_run";
      readonly path: StepPath;
      readonly attempt: number;
      readonly key: string;
    } & Actor)
  /** Answer `gate_opened` for the first signal since that instant which matches, one that is there already or one to come. */
  | {
      readonly kind: "await_signal";
      readonly path: StepPath;
      /** 0, 1, … within the step. */
      readonly gate: number;
      readonly signal: string;
      readonly match: readonly SignalMatch[];
      /** Epoch milliseconds. */
      readonly since: number;
    }
  /** The step no longer waits for any signal. */
  | { readonly kind: "forget_signals"; readonly path: StepPath }
  | { readonly kind: "set_timer"; readonly timer: TimerId; readonly at: number }
  | { readonly kind: "clear_timer"; readonly timer: TimerId }
  /** `key` is unique within the run, so that a repeated effect emits once. */
  | {
      readonly kind: "emit";
      readonly key: string;
      readonly signal: string;
      readonly params: Readonly<Record<string, Json>>;
    }
  /** Keep the outputs of a step that has succeeded for `cache`, durable together with the decision. */
  | {
      readonly kind: "remember";
      readonly path: StepPath;
      readonly key: string;
      readonly outputs: Readonly<Record<string, Json>>;
    }
  /** The iterations of that loop are void, and what people see of them goes, durable together with the decision; `isGone`: so does the step. */
  | { readonly kind: "forget_steps"; readonly path: StepPath; readonly isGone: boolean }
  /** The run has not ended by when it should have: people are told, and it goes on. */
  | { readonly kind: "late"; readonly dueAt: number }
  /** A run that had ended queues for its turn again. */
  | { readonly kind: "requeue" }
  /** `outputs` are those that the workflow declares, of a run that succeeded. */
  | {
      readonly kind: "finish";
      readonly status: RunStatus;
      readonly reason: string | null;
      readonly outputs?: Readonly<Record<string, Json>>;
    };

/** What would make an attempt unnecessary: a success of the same step of the same workflow with this key. */
export interface CacheQuestion {
  readonly key: string;
  /** How long ago it may be, in milliseconds; null for any time. */
  readonly ttlMs: number | null;
}

import type { Json } from "@headwater/workflow";
import type { Action, Actor } from "./operations/action.js";
import type { RunStatus } from "./run-status.js";

/**
 * What happened to a run. The journal keeps these, in order, each with its time; replaying them gives the same state.
 * Times are epoch milliseconds.
 */
export type RunEvent =
  /**
   * The run leaves its queue. `facts` are what the run is told of its surroundings, which may change while it goes: the
   * shell keeps them here, so that a replay tells it the same.
   */
  | { readonly kind: "start"; readonly facts?: { readonly owner: string | null; readonly url: string } }
  /** A worker has begun the attempt. */
  | {
      readonly kind: "attempt_started";
      readonly path: StepPath;
      readonly attempt: number;
      readonly taken?: Taken;
    }
  /** `startedAt` is when it began, where no `attempt_started` says so: a short attempt is one event, not two. */
  | {
      readonly kind: "attempt_ended";
      readonly path: StepPath;
      readonly attempt: number;
      readonly startedAt?: number;
      readonly taken?: Taken;
      readonly result: AttemptResult;
    }
  /**
   * The service is there again: every attempt that was with a worker, or on its way to one, is lost, and its number will
   * not be used again. `begun` are those that had begun, also where no `attempt_started` says so.
   */
  | { readonly kind: "recovered"; readonly begun: readonly AttemptName[] }
  /** The run that a `start_run` asked for is there, begun or not. */
  | {
      readonly kind: "run_started";
      readonly path: StepPath;
      readonly attempt: number;
      readonly runId: string;
    }
  /** That run has ended; or it could not be created, which is a failure too. */
  | {
      readonly kind: "run_ended";
      readonly path: StepPath;
      readonly attempt: number;
      readonly status: RunStatus;
      readonly reason: string | null;
      readonly outputs: Readonly<Record<string, Json>>;
    }
  /** A remembered result makes the attempt unnecessary; `from` says in words where it comes from. */
  | {
      readonly kind: "cached";
      readonly path: StepPath;
      readonly attempt: number;
      readonly outputs: Readonly<Record<string, Json>>;
      readonly from: string;
    }
  /** The signal that an `await_signal` asked for has come; none of the journals of before says which one it was. */
  | {
      readonly kind: "gate_opened";
      readonly path: StepPath;
      readonly gate: number;
      readonly signalId?: number;
    }
  /** Somebody has answered an approval. */
  | {
      readonly kind: "approve";
      readonly path: StepPath;
      readonly by: string;
      readonly approved: boolean;
      readonly comment: string;
    }
  /** A timer set by an effect is due: the end of a retry delay, a sleep, a wait or a timeout, or of the run's own time. */
  | { readonly kind: "timer"; readonly timer: TimerId }
  | ({ readonly kind: "cancel" } & Actor)
  /** Somebody has asked for something. */
  | ({ readonly kind: "action"; readonly action: Action } & Actor)
  /** The breakpoints of the workflow, for all its runs, are these from now on; `change` is what somebody has just done, where it is that. */
  | {
      readonly kind: "workflow_breakpoints";
      readonly breakpoints: readonly WorkflowBreakpoint[];
      readonly change?: BreakpointChange;
    }
  /** The run that waits for this one was paused; `pause` counts its pauses, so that hearing of one again changes nothing. */
  | ({ readonly kind: "parent_paused"; readonly pause: number } & Actor)
  /** It goes on. */
  | ({ readonly kind: "parent_resumed" } & Actor)
  /** The run never starts: its run strategy prefers another one. */
  | { readonly kind: "supersede"; readonly reason: string };

/** Who has set a breakpoint for all runs of a workflow, at a step in all its iterations: `load.copy`. */
export interface WorkflowBreakpoint extends Actor {
  readonly step: string;
}

/** Who has set, or taken away, a breakpoint for all runs of a workflow. */
export interface BreakpointChange extends WorkflowBreakpoint {
  readonly isSet: boolean;
}

/** When an attempt had all that it needs to begin, epoch milliseconds: what follows is its start. Nothing is decided by it. */
export interface Taken {
  readonly at: number;
  /** What was not free until then, the last of it; null where nothing was missing. */
  readonly lacked: "slot" | "permit" | "place" | null;
}

/** One attempt of one step. */
export interface AttemptName {
  readonly path: StepPath;
  readonly attempt: number;
}

/** `extract`, or inside a foreach `load[3].copy`; loops nest: `load[3].parts[0].copy`. */
export type StepPath = string;

/** `RUN_TIMER` for the run's own timeout, `DUE_TIMER` for when it should have ended, otherwise the path of the waiting step. */
export type TimerId = string;

/** No step has this path; one may well be called `run`. */
export const RUN_TIMER: TimerId = "$run";

/** The timer of when the run should have ended. */
export const DUE_TIMER: TimerId = "$due";

export type AttemptResult =
  | { readonly status: "succeeded"; readonly outputs: Readonly<Record<string, Json>> }
  | {
      readonly status: "failed";
      /** Which of the counts of `retry` it uses. `platform`: the worker was lost, not the user's fault. */
      readonly class: "error" | "platform" | "timeout";
      readonly message: string;
      /** False makes the failure final whatever `retry` says. */
      readonly retryable: boolean;
      /** True when the retry need not wait, because nothing of the user's failed (a restart of the service). */
      readonly immediate?: boolean;
      readonly exitCode?: number;
    }
  | { readonly status: "canceled" }
  /** It never began, and was taken back. */
  | { readonly status: "withdrawn" };

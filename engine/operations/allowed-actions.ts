import { isRunEnded } from "../run-status.js";
import type { RunStatus } from "../run-status.js";
import type { StepStatus } from "../step-status.js";

/** What may be done to a run, by what it is. Drawn in `docs/states.md`; every front end is told by the API, and guesses nothing. */
export const RUN_ACTIONS = {
  queued: ["cancel", "pause", "resume", "set_breakpoint", "clear_breakpoint"],
  running: ["cancel", "pause", "resume", "set_breakpoint", "clear_breakpoint"],
  succeeded: ["restart"],
  failed: ["restart"],
  timed_out: ["restart"],
  canceled: ["restart"],
  superseded: ["restart"],
} as const satisfies Readonly<Record<RunStatus, readonly string[]>>;

/** What may be done to a step of a run that goes on, by what it is; `stepActions` narrows it to its kind, and to what a run that has ended allows. */
export const STEP_ACTIONS = {
  waiting: ["pause", "resume", "skip"],
  paused: ["approve", "resume", "skip"],
  waiting_for_signal: ["pause", "bypass", "skip"],
  queued: ["pause", "skip"],
  starting: ["skip"],
  running: ["skip", "set_max_parallel"],
  retrying: ["retry", "pause", "skip"],
  succeeded: ["restart"],
  failed: ["skip", "restart"],
  timed_out: ["skip", "restart"],
  canceled: ["skip", "restart"],
  skipped: ["restart"],
  upstream_failed: ["skip", "restart"],
  ignored_failure: ["restart"],
} as const satisfies Readonly<Record<StepStatus, readonly string[]>>;

/** What sets a run going again that has ended. */
const WITHIN_ENDED: ReadonlySet<string> = new Set(["restart", "skip"]);

export type RunAction = (typeof RUN_ACTIONS)[RunStatus][number];
export type StepAction = (typeof STEP_ACTIONS)[StepStatus][number];

/** What decides about a run, beside its steps. */
export interface RunStanding {
  readonly status: RunStatus;
  /** Somebody has paused it. */
  readonly isPaused: boolean;
  /** It is being stopped, and ends when its attempts have. */
  readonly isStopping: boolean;
}

/** What decides about a step. */
export interface StepStanding {
  readonly status: StepStatus;
  readonly kind: string;
  /** It has begun and not ended: an approval that is paused waits for its answer then, not for being resumed. */
  readonly hasBegun: boolean;
  /** It pauses by itself as soon as it is reached, because somebody said so of this instance. */
  readonly isToPause: boolean;
}

/** What may be done to a run now. */
export function runActions({ status, isPaused, isStopping }: RunStanding): readonly RunAction[] {
  if (isStopping) return [];
  return RUN_ACTIONS[status].filter((action) => action !== (isPaused ? "pause" : "resume"));
}

/** What may be done to a step now. */
export function stepActions(step: StepStanding, run: RunStanding): readonly StepAction[] {
  if (run.status === "queued" || run.isStopping) return [];
  if (isRunEnded(run.status)) return STEP_ACTIONS[step.status].filter((action) => WITHIN_ENDED.has(action));
  return STEP_ACTIONS[step.status].filter((action) => suits(action, step, run));
}

function suits(action: StepAction, step: StepStanding, run: RunStanding): boolean {
  switch (action) {
    case "approve":
      return isAsked(step);
    case "resume":
      return mayResume(step, run);
    case "pause":
      // A run of another workflow that was asked for cannot be taken back.
      return !step.isToPause && !(step.status === "queued" && step.kind === "workflow");
    case "set_max_parallel":
      return step.kind === "foreach";
    default:
      return true;
  }
}

/** What a paused run holds goes on with the run. */
function mayResume(step: StepStanding, run: RunStanding): boolean {
  return step.status === "waiting" ? step.isToPause : !isAsked(step) && !run.isPaused;
}

function isAsked({ kind, status, hasBegun }: StepStanding): boolean {
  return kind === "approval" && status === "paused" && hasBegun;
}

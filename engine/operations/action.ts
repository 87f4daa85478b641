import type { Json, WorkflowDefinition } from "@headwater/workflow";

/** What a person may do to a run or to one of its steps. */
export type Action =
  /** Nothing more of the run begins, or the step does not; what executes goes on. Without a path the whole run. */
  | { readonly name: "pause"; readonly path: string | null }
  | { readonly name: "resume"; readonly path: string | null }
  /** Every instance of the step pauses when it is reached: `load.copy`, or of one iteration `load[3].copy`. */
  | { readonly name: "set_breakpoint"; readonly step: string }
  /** Instances that it has paused go on. */
  | { readonly name: "clear_breakpoint"; readonly step: string }
  /** The step ends without being done, and counts as done for those that need it; `outputs` take the place of its own. */
  | {
      readonly name: "skip";
      readonly path: string;
      readonly outputs: Readonly<Record<string, Json>> | null;
    }
  /** The step waits no longer for its signals. */
  | { readonly name: "bypass"; readonly path: string }
  /** The delay of a retry is over now. */
  | { readonly name: "retry"; readonly path: string }
  /** So many iterations of a foreach under way may be open at once from now on. */
  | { readonly name: "set_max_parallel"; readonly path: string; readonly maxParallel: number }
  /**
   * Does again all of a run, what of it did not succeed, or a step with all that follows from it. What is kept keeps what it left,
   * unless it is not what it was in the version of now, or reads a param that is another one.
   */
  | {
      readonly name: "restart";
      readonly from: "beginning" | "incomplete" | "step";
      /** For `step`: `load`, of one iteration `load[3].copy`, or all of an iteration `load[3]`; null otherwise. */
      readonly path: string | null;
      /** All params of the run from now on; null when they stay. */
      readonly params: Readonly<Record<string, Json>> | null;
      /** What it runs from now on; null for what it did. */
      readonly version: BoundVersion | null;
      /** What it was bound to until now, where that changes: the shell begins a replay with it. */
      readonly previous: Binding | null;
    };

/** What a run is bound to. */
export interface Binding {
  readonly versionId: string;
  readonly commit: string;
  readonly params: Readonly<Record<string, Json>>;
}

/** A version as a run is bound to it. */
export interface BoundVersion {
  readonly id: string;
  readonly number: number;
  readonly commit: string;
  readonly definition: WorkflowDefinition;
}

/** Why an action would change nothing. `words` go on after "Cannot …: ", and say what is possible. */
export interface ActionProblem {
  readonly kind: "no_step" | "not_allowed" | "invalid";
  readonly words: string;
}

/** Who does something, and why: both in their own words. */
export interface Actor {
  readonly by: string;
  /** Empty when they say none. */
  readonly reason: string;
}

/** `by ann: the source is down` */
export function actorText({ by, reason }: Actor): string {
  return `by ${by}${reason === "" ? "" : `: ${reason}`}`;
}

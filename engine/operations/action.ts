import type { Json } from "@headwater/workflow";

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
  | { readonly name: "set_max_parallel"; readonly path: string; readonly maxParallel: number };

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

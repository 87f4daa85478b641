import type { Effect } from "./effect.js";
import type { RunEvent } from "./event.js";
import type { RunState } from "./run-state.js";
import type { StepChange } from "./step-change.js";

/** What one event did. `state` is the state that was passed in, advanced: a state has one owner, who must not keep a copy. */
export interface Decision {
  readonly state: RunState;
  readonly effects: readonly Effect[];
  /** The steps that changed, each once, as they now are: what the shell stores and shows. */
  readonly changes: readonly StepChange[];
}
export type { RunEvent };

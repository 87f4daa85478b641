import type { Actor } from "@headwater/engine";
import type { WorkflowKey } from "./workflow-key.js";

/** Somebody has paused a workflow. */
export interface WorkflowPauseRow extends WorkflowKey, Actor {
  readonly at: number;
  /** Who has ended it; null while the workflow is paused. */
  readonly resumed: (Actor & { readonly at: number }) | null;
}

/** Somebody has set a breakpoint for all runs of a workflow. */
export interface WorkflowBreakpointRow extends WorkflowKey, Actor {
  /** In all its iterations: `load.copy`. */
  readonly step: string;
  readonly at: number;
  /** Who has taken it away; null while it is there. */
  readonly cleared: (Actor & { readonly at: number }) | null;
}

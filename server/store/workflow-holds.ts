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

/** Somebody has let a run pass that had failed and held up its workflow. */
export interface UnblockRow extends Actor {
  /** Of the run. */
  readonly number: number;
  readonly at: number;
}

/** What held up the runs of workflows, and who has ended it. */
export interface WorkflowHolds {
  /** Who has let the latest run of the workflow pass that has begun and ended, if it failed and somebody has. */
  findUnblock(key: WorkflowKey): Promise<UnblockRow | null>;
  /** The runs of a workflow that were let pass within that time (epoch milliseconds, both included), oldest first. */
  listUnblocks(
    key: WorkflowKey,
    within: { readonly from: number; readonly to: number },
  ): Promise<readonly UnblockRow[]>;
}

import type { WorkflowDefinition } from "@headwater/workflow";

/** A version of a workflow, which is never written again. */
export interface VersionRow {
  readonly id: string;
  readonly project: string;
  readonly workflow: string;
  /** 1, 2, … within the workflow, in order of first activation; assigned by the store (0 in a row to be written). */
  readonly number: number;
  readonly fingerprint: string;
  /** The commit that first had it. */
  readonly commit: string;
  readonly createdAt: number;
  readonly definition: WorkflowDefinition;
}

import type { Decided } from "./deployment-decisions.js";
import type { WorkflowKey } from "./workflow-key.js";

/**
 * Somebody has seen which workflows a pull request would remove, and wants it. It is of those workflows and of no others, because the
 * commit that a merge will make is not there yet.
 */
export interface RemovalConfirmationRow extends Decided {
  readonly repositoryId: string;
  /** That it is to be merged into. */
  readonly branch: string;
  /** The number of the pull request. */
  readonly change: number;
  /** The commit that they have seen. */
  readonly head: string;
  /** `project/workflow`, sorted; of what goes with another environment see `leavingName`. */
  readonly workflows: readonly string[];
}

/** What goes with an environment that is no longer declared: the same workflow may go, or stay, in another one. */
export function leavingName({ project, environment, workflow }: WorkflowKey): string {
  return `${environment}: ${project}/${workflow}`;
}

/** For so long it counts; who has not merged by then says it once more. */
export const REMOVAL_CONFIRMED_MS = 30 * 24 * 3_600_000;

/** What people let pull requests remove. */
export interface RemovalConfirmations {
  /** Takes the place of an earlier one of the same pull request. */
  confirmRemoval(confirmation: RemovalConfirmationRow): Promise<void>;
  /** Those for a branch, or for all of the repository, since then; the oldest first. */
  listRemovalConfirmations(query: {
    readonly repositoryId: string;
    readonly branch?: string;
    readonly since: number;
  }): Promise<readonly RemovalConfirmationRow[]>;
  /** It counts no longer: its workflows are gone, its head has moved, or it was closed. One that is not there is no error. */
  endRemovalConfirmation(of: Pick<RemovalConfirmationRow, "repositoryId" | "change">): Promise<void>;
}

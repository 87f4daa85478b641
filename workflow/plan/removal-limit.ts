import type { CompiledProject } from "../project/compiled-project.js";
import { unlikePairs } from "./workflow-pairs.js";

/** What a change takes away of a project. */
export interface Removal {
  /** How many workflows go. */
  readonly lost: number;
  /** How many of those nobody has confirmed. */
  readonly unconfirmed: number;
  /** How many there are before. */
  readonly live: number;
  /** The share that may go at once, `policies.max_deleted_workflows`, from 0 to 1; null where the project has not said. */
  readonly share: number | null;
}

/**
 * Whether somebody is to look at it before it is deployed. A folder that was moved by mistake must not stop a hundred pipelines. Without a
 * policy only the loss of all is too much; the only workflow of a project may be renamed, and so may a project of one workflow.
 */
export function removesTooMuch({ lost, unconfirmed, live, share }: Removal): boolean {
  if (unconfirmed === 0) return false;
  return share === null ? lost === live && live > 1 : unconfirmed > share * live;
}

/**
 * Which of two limits lets less go. A commit that changes its own limit is held against the stricter one: else whoever may propose a removal
 * could allow it in the same breath.
 */
export function stricterShare(before: Removal["share"], after: Removal["share"]): Removal["share"] {
  // Without a policy the loss of all is too much, which any share below 1 says as well.
  const lets = (share: Removal["share"]): number => share ?? 1 - Number.EPSILON;
  return lets(before) < lets(after) ? before : after;
}

/** What `removesTooMuch` held it against, for people. */
export function removalLimitText(share: number | null): string {
  return share === null
    ? "all of them at once is held"
    : `at most ${Math.round(share * 100)}% may go at once`;
}

/** What a merge would take away, and how much the project lets go at once. */
export interface ProposedRemoval {
  /** `project/workflow`, sorted: those that the commit no longer has, or all where the project has another name. */
  readonly workflows: readonly string[];
  /** How many there are before. */
  readonly live: number;
  /** The stricter of before and after; null where the project has not said. */
  readonly share: Removal["share"];
}

/** As a deployment counts it: a project of another name takes the place of the one before, with all that it had. */
export function proposedRemoval(before: CompiledProject, after: CompiledProject): ProposedRemoval {
  const { project, policies } = before.settings;
  const kept = project === after.settings.project ? after.workflows : [];
  const gone = unlikePairs(before.workflows, kept).filter((pair) => pair.after === undefined);
  const share = stricterShare(policies.maxDeletedWorkflows, after.settings.policies.maxDeletedWorkflows);
  return {
    workflows: gone.map(({ id }) => `${project ?? ""}/${id}`),
    live: before.workflows.length,
    share,
  };
}

import type { Decided } from "./deployment-decisions.js";
import type { LocatedDiagnostic } from "./located-diagnostic.js";

/** What became of a commit when it was decided. */
export type DeploymentStatus = "active" | "refused" | "held" | "unchanged";

/** How the head of a branch does not go on from the head before it. */
export interface RewrittenHistory {
  /** The head before. */
  readonly from: string;
  /** How many commits that led to it the branch does not have any more; null when nobody knows. */
  readonly commits: number | null;
  /** The two have no commit in common: another history was pushed. */
  readonly isUnrelated: boolean;
}

/** What became of a commit. */
export interface DeploymentRow {
  readonly id: string;
  readonly repositoryId: string;
  /** Null when the commit does not even name a project. */
  readonly project: string | null;
  readonly environment: string;
  /** That was followed; null of one that was made before this was kept. */
  readonly branch: string | null;
  readonly commit: string;
  readonly commitAuthor: string | null;
  /** Who put it on the branch: of a merge on a Git host often that host. */
  readonly commitCommitter: string | null;
  readonly commitSubject: string | null;
  readonly committedAt: number | null;
  readonly status: DeploymentStatus;
  /** In words: why it was refused or held, or what it changed. */
  readonly reason: string | null;
  readonly diagnostics: readonly LocatedDiagnostic[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Set when the branch was pushed by force, and has taken back what was deployed or looked at before. */
  readonly rewritten: RewrittenHistory | null;
  /** When the service began to look for it (a hook, a poll), and when this row became true. */
  readonly seenAt: number;
  readonly endedAt: number;
}

/** A deployment, and what has become of it since. */
export interface ListedDeployment extends DeploymentRow {
  /** Of one that was activated: another one took its place, or its repository was removed. Null while it is in force, and for all others. */
  readonly outdated: "superseded" | "removed" | null;
  /** Who has confirmed the commit, which was held before. */
  readonly confirmed: Decided | null;
  /** Who has pinned its environment to the commit by this deployment. */
  readonly pinned: Decided | null;
  /** Who has undone the pin of its environment, so that it was deployed without a push. */
  readonly unpinned: Decided | null;
}

/** A version that a workflow has since a deployment. */
export interface BroughtVersion {
  readonly deploymentId: string;
  readonly workflow: string;
  readonly versionNumber: number;
}

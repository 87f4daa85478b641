import type { Actor } from "@headwater/engine";
import type { CompiledProject, Plan } from "@headwater/workflow";
import type { DeploymentRow, RepositoryRow, WorkflowKey } from "../store/store.js";
import type { BranchVersions } from "../triggers/backfills/backfills.js";

/** Turns commits into versions. A deployment is one transaction; a broken commit changes nothing and is recorded as refused. */
export interface Registry {
  /** Deletes what was kept of repositories that are not there any more. */
  start(): Promise<void>;
  /** Waits until what was compiled is kept for the next start. Nothing is to be deployed any more. */
  stop(): Promise<void>;
  /** Compiles the commit and activates all its workflows or none. Safe to repeat: the same commit again is `unchanged`. */
  deploy(request: {
    readonly repository: RepositoryRow;
    readonly commit: string;
    readonly seenAt: number;
  }): Promise<DeploymentRow>;
  /**
   * Deploys a commit that was held: a person has seen what it would remove. It counts for this very commit.
   * @param named the id of its deployment, or the commit, which may be shortened
   * @throws ServiceError not-found, action-not-allowed
   */
  confirm(named: string, actor: Actor): Promise<DeploymentRow>;
  /**
   * Deploys an older commit of the branch, and keeps the environment there whatever is pushed, until `unpin`.
   * @throws ServiceError not-found, action-not-allowed when nothing is deployed there, or the commit cannot be
   */
  pin(place: Place, commit: string, actor: Actor): Promise<DeploymentRow>;
  /** Ends a pin, and deploys the branch's head. @throws ServiceError action-not-allowed when nothing is pinned there */
  unpin(place: Place, actor: Actor): Promise<DeploymentRow>;
  /** A commit that the mirror has, compiled. Nothing is deployed, and nothing recorded. @throws ServiceError not-found */
  compile(repository: RepositoryRow, commit: string): Promise<CompiledProject>;
  /**
   * A workflow as the head of a branch has it that need not be deployed, for backfills.
   * @throws ServiceError invalid-backfill, not-found, branch-not-found, repository-unreachable, bad-request
   */
  readBranch(key: WorkflowKey, branch: string): Promise<BranchVersions>;
  /** What changes from one commit of a project to another. @throws ServiceError not-found, version-not-found, workflow-not-found */
  compare(request: ComparisonRequest): Promise<Comparison>;
  /** What the compiler reads at the head of the branch. @throws ServiceError not-found, payload-too-large */
  readSources(place: Place): Promise<ProjectSources>;
  /** Drops what is remembered of the files of a repository that nobody follows any more. */
  forget(repositoryId: string): Promise<void>;
}

/** An environment of a project. */
export interface Place {
  readonly project: string;
  readonly environment: string;
}

/** Each side is a commit, a deployment's id, or, of one workflow, the number of a version. */
export interface ComparisonRequest extends Place {
  /** Only this one is compared. */
  readonly workflow?: string;
  /** Default: what is deployed. */
  readonly from?: string;
  /** Default: the head of the branch, deployed or not. */
  readonly to?: string;
}

/** The files of a project at a commit. */
export interface ProjectSources {
  readonly branch: string;
  readonly commit: string;
  /** All of them, so that a reference to one can be checked. */
  readonly paths: readonly string[];
  /** Those that the compiler looks into. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

export interface Comparison {
  /** Commits. */
  readonly from: string;
  readonly to: string;
  readonly plan: Plan;
}

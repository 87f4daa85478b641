import type { SourceTree } from "@headwater/workflow";
import type { RewrittenHistory } from "../store/deployment-row.js";
import type { RepositoryRow, RunRow } from "../store/store.js";
import type { CommitDescription } from "./mirror/commit-object.js";
import type { CommitFiles } from "./mirror/commit-files.js";
import type { Contents, FileTree } from "./mirror/commit-tree.js";
import type { MergedTrees, MergePreview, MergeRequest } from "./mirror/merge-preview.js";

export type { CommitFiles, Contents, FileTree, MergedTrees, MergePreview, MergeRequest };

/** Registered repositories and their mirrors: the only caller of git. */
export interface Source {
  /** Begins to follow every registered repository. */
  start(): Promise<void>;
  /** Idempotent; waits for git to end. */
  stop(): Promise<void>;
  /** Registers a repository, and waits for its first clone and deployment, but not for long; what fails meanwhile is not registered. @throws ServiceError repository-exists, repository-unreachable, branch-not-found, bad-request */
  addRepository(request: NewRegistration): Promise<RepositoryRow>;
  /** It was renamed or moved, or another branch of it counts from now on: it keeps its id and all that is deployed. @throws ServiceError action-not-allowed, repository-not-found, repository-exists, repository-unreachable, branch-not-found, bad-request */
  changeRepository(nameOrId: string, change: ChangedRegistration): Promise<RepositoryRow>;
  /** Its runs that have not ended go on, with its files, which are deleted when the last of them has ended. What it declares goes with it. @throws ServiceError repository-not-found, action-not-allowed */
  removeRepository(nameOrId: string): Promise<void>;
  /** Fetches now, and waits until the head is deployed or refused, also when it was refused before. @throws ServiceError repository-not-found, repository-unreachable, branch-not-found */
  syncRepository(nameOrId: string): Promise<RepositoryRow>;
  /** Begins to look at what a repository declares, after a commit of it was deployed for another reason than that it was seen. */
  checkDeclared(repositoryId: string): void;
  /**
   * A hint from a webhook: repositories with this URL (all of them when null) are fetched soon, unless the ref that was pushed to is none
   * that they follow. Returns how many.
   */
  hint(url: string | null, ref?: string | null): Promise<number>;
  /** Where the host of a registered repository sends git on to since it was last asked; null when it does not. */
  redirectOf(repositoryId: string): string | null;
  /** What the compiler reads. */
  readTree(repositoryId: string, commit: string): Promise<SourceTree>;
  /** The folder of the run's own working copy of its commit, made when it is first asked for. @throws ServiceError repository-not-found, not-found, bad-request */
  checkOut(run: Pick<RunRow, "id" | "repositoryId" | "commit">): Promise<string>;
  /** The run has ended, and so has all that worked for it: begins to delete what was kept for it alone. */
  endRun(run: Pick<RunRow, "id" | "repositoryId">): void;
  /** Throws away what the mirrors keep for nobody any more. Returns how many commits were forgotten. */
  tidy(stop: AbortSignal): Promise<number>;
  /** What a branch would be with a commit merged into it. Null when the commit is gone from its ref. @throws ServiceError repository-not-found, repository-unreachable */
  previewMerge(repositoryId: string, request: MergeRequest): Promise<MergePreview | null>;
  /** Nobody needs any more what was fetched of that ref for a preview of a merge. */
  forgetPreview(repositoryId: string, ref: string): Promise<void>;
  describeCommit(repositoryId: string, commit: string): Promise<CommitDescription>;
  /** How a head of a branch does not go on from the one before it, as after a push by force; null when it does, or when nobody can tell. */
  readRewritten(
    repositoryId: string,
    heads: { readonly before: string; readonly head: string },
  ): Promise<RewrittenHistory | null>;
  /** The full id of a commit that the mirror has, by the beginning of it. @throws ServiceError not-found, bad-request */
  findCommit(repositoryId: string, beginning: string): Promise<string>;
  /** Fetches a branch that need not be the followed one, and keeps its head. Returns that. @throws ServiceError repository-not-found, repository-unreachable, branch-not-found, bad-request, store-waiting */
  fetchBranch(repositoryId: string, branch: string): Promise<string>;
  /** Why the commit is not signed by anybody whom the service knows; null when it is. */
  checkSignature(repositoryId: string, commit: string): Promise<string | null>;
  /** From now on the mirror has the commit whatever the branch does. @throws ServiceError store-waiting */
  keepCommit(repositoryId: string, commit: string): Promise<void>;
}

/** What is to be registered. What is undefined has its default, or stays as it is. */
export interface NewRegistration {
  readonly url: string;
  readonly branch?: string | undefined;
  readonly name?: string | undefined;
  /** Default: `environments` where no branch is named. */
  readonly follows?: RepositoryRow["follows"] | undefined;
}

/** What is to be other than it was. */
export type ChangedRegistration = {
  readonly [Key in keyof NewRegistration]?: NewRegistration[Key] | undefined;
};

/** Called for every new head of a followed branch, one at a time for a repository; `Source` waits for it. */
export type OnCommit = (commit: {
  readonly repository: RepositoryRow;
  readonly commit: string;
  readonly seenAt: number;
}) => Promise<void>;

/** Who is told what becomes of branches. */
export interface SourceListeners {
  readonly onCommit: OnCommit;
  /** Called when a repository, or a branch that was declared, is followed no more. */
  readonly onGone?: (repositoryId: string) => void;
}

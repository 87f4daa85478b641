import type { Clock } from "../../clock.js";
import type { Git } from "../git/git.js";
import { GitError } from "../git/git-error.js";
import { unreachable } from "../remote/remote.js";
import type { CommitReader } from "./commit-reader.js";
import type { FileTree } from "./commit-tree.js";
import { ForkFetches } from "./fork-fetches.js";
import type { FetchLimits } from "./limited-fetch.js";
import { forgetHead, previewMerge, type MergePreview, type MergeRequest } from "./merge-preview.js";
import { PreviewFetches } from "./preview-fetches.js";

export interface PreviewsOptions {
  /** The mirror as it now is. */
  readonly mirror: () => { readonly git: Git; readonly url: string; readonly gitFolder: string };
  readonly commits: CommitReader;
  /** The commit of that name in the mirror. @throws GitError */
  readonly readCommit: (name: string) => Promise<string>;
  readonly readFiles: (commit: string) => Promise<FileTree>;
  /** How often the mirror was tidied or made anew: objects may have gone since. */
  readonly rewrites: () => number;
  /** Nobody else writes to the mirror meanwhile. */
  readonly exclusively: <T>(action: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  /** Of what is fetched of a fork. Default: `FORK_LIMITS`. */
  readonly forkLimits?: FetchLimits;
}

/** What is fetched into a mirror beside the followed branches, and merged there. */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #fetches: PreviewFetches;
  readonly #forks: ForkFetches;

  constructor(options: PreviewsOptions) {
    this.#options = options;
    this.#fetches = new PreviewFetches(options);
    const { forkLimits: limits } = options;
    this.#forks = new ForkFetches({
      has: (commit) => options.commits.has([commit]),
      ...(limits === undefined ? {} : { limits }),
      ...options,
    });
  }

  /** Fetches a branch that need not be the followed one, and keeps its head. Returns that. @throws ServiceError repository-unreachable, store-waiting */
  fetchBranch(branch: string): Promise<string> {
    return this.#told(this.#fetches.fetch({ base: branch, isKept: true }));
  }

  /**
   * Fetches a ref of the other side, such as `refs/pull/7/head`, and a branch, and merges them here: no branch of ours moves. Null when
   * the ref has moved on from `head`, and took it along. What a fork has pushed holds up nobody else. @throws ServiceError repository-unreachable, HeadTooLarge
   */
  merge(request: MergeRequest): Promise<MergePreview | null> {
    const { mirror, commits, readFiles } = this.#options;
    const fetches = { fetches: this.#fetches, forks: this.#forks };
    return this.#told(previewMerge(request, { ...mirror(), commits, readFiles, ...fetches }));
  }

  /** What was fetched of the ref may go; none is no error. */
  async forget(ref: string): Promise<void> {
    const { exclusively, mirror } = this.#options;
    await exclusively(() => forgetHead(ref, mirror()));
  }

  /** Deletes what a killed service has left. The caller sees to it that nobody else writes to the mirror. */
  tidy(): Promise<void> {
    return this.#forks.tidy();
  }

  /** Ends the fetch of a fork that is under way. May be used again. */
  close(): Promise<void> {
    return this.#forks.close();
  }

  #told<T>(done: Promise<T>): Promise<T> {
    return done.catch((error: unknown) => {
      throw error instanceof GitError ? unreachable(this.#options.mirror().url, error) : error;
    });
  }
}

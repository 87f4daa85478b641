import type { Clock } from "../../clock.js";
import type { Git } from "../git/git.js";
import { GitError } from "../git/git-error.js";
import { parseBranchName } from "../remote/branch-name.js";
import { unreachable } from "../remote/remote.js";
import type { CommitReader } from "./commit-reader.js";
import type { FileTree } from "./commit-tree.js";
import { ForkFetches } from "./fork-fetches.js";
import type { FetchLimits } from "./limited-fetch.js";
import { ForkObjects } from "./fork-objects.js";
import { previewMerge, type MergePreview, type MergeRequest } from "./merge-preview.js";
import type { MirrorCaches } from "./mirror-caches.js";
import { PreviewFetches } from "./preview-fetches.js";

export interface PreviewsOptions {
  /** The mirror as it now is. */
  readonly mirror: () => { readonly git: Git; readonly url: string; readonly gitFolder: string };
  readonly commits: CommitReader;
  readonly caches: MirrorCaches;
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
  readonly #forkObjects: ForkObjects;

  constructor(options: PreviewsOptions) {
    this.#options = options;
    this.#fetches = new PreviewFetches(options);
    const { forkLimits: limits, mirror } = options;
    this.#forkObjects = new ForkObjects({ ...mirror(), ...options });
    this.#forks = new ForkFetches({
      objects: this.#forkObjects,
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
  async merge(request: MergeRequest): Promise<MergePreview | null> {
    const { mirror, commits, readFiles } = this.#options;
    const base = parseBranchName(request.base);
    if (request.isTrusted) {
      const fetch = (): Promise<string> => this.#fetches.fetch({ ref: request.ref, base });
      const has = (wanted: readonly string[]): Promise<boolean> => commits.has(wanted);
      return this.#told(previewMerge(request, { ...mirror(), commits, has, fetch, readFiles }));
    }
    const { folder: objectFolder, commits: forkCommits } = this.#forkObjects;
    const forks = { objectFolder, commits: forkCommits, readFiles };
    const has = (wanted: readonly string[]): Promise<boolean> => this.#forkObjects.has(wanted);
    const fetch = (): Promise<string> => this.#fetchFork(request, base);
    return this.#told(previewMerge(request, { ...mirror(), ...forks, has, fetch }));
  }

  /** What was fetched of the ref may go; none is no error. */
  forget(ref: string): Promise<void> {
    return this.#fetches.forget(ref);
  }

  /** Throws away what forks have pushed and leans on the mirror as it was, once nothing is fetched: nobody need wait for that. */
  clearStaleForks(): void {
    this.#forks.clearStale();
  }

  /** Ends the fetch of a fork that is under way. May be used again. */
  async close(): Promise<void> {
    await this.#forks.close();
    await this.#forkObjects.close();
  }

  /** Nothing of a fork is in the command that those wait for who may write. */
  async #fetchFork({ ref, head }: MergeRequest, branch: string): Promise<string> {
    const base = await this.#fetches.fetch({ base: branch });
    await this.#forks.fetch({ ref, head, base });
    return base;
  }

  #told<T>(done: Promise<T>): Promise<T> {
    return done.catch((error: unknown) => {
      throw error instanceof GitError ? unreachable(this.#options.mirror().url, error) : error;
    });
  }
}

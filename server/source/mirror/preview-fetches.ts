import type { Git } from "../git/git.js";
import { GitError } from "../git/git-error.js";
import { explainRemoteFailure } from "../remote/remote-failure.js";
import { fetchObjects } from "./fetch-objects.js";
import { keepCommit } from "./kept-commits.js";
import { headPreviewRef, previewRef } from "./preview-refs.js";

/** What is fetched of the other side. */
export interface Wanted {
  /** A branch. */
  readonly base: string;
  /** A ref beside it, such as `refs/pull/7/head`. */
  readonly ref?: string;
  /** Whether the head of the branch is kept whatever becomes of the branch. Default false. */
  readonly isKept?: boolean;
}

export interface PreviewFetchesOptions {
  readonly fetchOptions: () => { readonly git: Git; readonly url: string; readonly gitFolder: string };
  /** The commit of that name in the mirror. @throws GitError */
  readonly readCommit: (name: string) => Promise<string>;
  /** Nobody else writes to the mirror meanwhile. */
  readonly exclusively: <T>(action: () => Promise<T>) => Promise<T>;
}

interface Waiting {
  readonly wanted: Wanted;
  readonly resolve: (head: string) => void;
  readonly reject: (error: unknown) => void;
}

/** Refs of one command at most. */
const TOGETHER_MAX = 50;

/**
 * Fetches for previews of merges. A fetch is some eight processes, whether of one ref or of fifty: what is asked for while another one is
 * under way is fetched together. Where that does not go, as when one of them is not there, each is fetched by itself.
 */
export class PreviewFetches {
  readonly #options: PreviewFetchesOptions;
  #waiting: Waiting[] = [];

  constructor(options: PreviewFetchesOptions) {
    this.#options = options;
  }

  /** Returns the head of the branch. @throws GitError, ServiceError store-waiting */
  fetch(wanted: Wanted): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, resolve, reject });
      // Who waits already has a turn, which takes all.
      if (this.#waiting.length === 1) void this.#options.exclusively(() => this.#fetchWaiting());
    });
  }

  async #fetchWaiting(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < all.length; start += TOGETHER_MAX)
      await this.#fetchTogether(all.slice(start, start + TOGETHER_MAX));
  }

  async #fetchTogether(group: readonly Waiting[]): Promise<void> {
    let isFetched = false;
    try {
      if (group.length > 1) await this.#fetchAll(group);
      isFetched = group.length > 1;
    } catch (error) {
      // A host that is away is away for each of them.
      if (!(error instanceof GitError) || explainRemoteFailure(error.output) !== null)
        return group.forEach((one) => one.reject(error));
    }
    for (const one of group) {
      try {
        if (!isFetched) await this.#fetchAll([one]);
        one.resolve(await this.#settle(one.wanted));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  /** In the turn that has fetched it: whoever tidies the mirror comes before or after. */
  async #settle({ base, isKept = false }: Wanted): Promise<string> {
    const head = await this.#options.readCommit(`${previewRef("base", base)}^{commit}`);
    if (isKept) await keepCommit(this.#options.fetchOptions().gitFolder, head);
    return head;
  }

  async #fetchAll(group: readonly Waiting[]): Promise<void> {
    const refspecs = new Set(group.flatMap(({ wanted }) => refspecsOf(wanted)));
    await fetchObjects({ refspecs: [...refspecs] }, this.#options.fetchOptions());
  }
}

function refspecsOf({ base, ref }: Wanted): readonly string[] {
  const heads = ref === undefined ? [] : [`+${ref}:${headPreviewRef(ref)}`];
  return [...heads, `+refs/heads/${base}:${previewRef("base", base)}`];
}

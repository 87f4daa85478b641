import type { Git } from "../git/git.js";
import { fetchObjects } from "./fetch-objects.js";
import { FetchesTogether } from "./fetches-together.js";
import { keepCommit } from "./kept-commits.js";
import { headPreviewRef, previewRef } from "./preview-refs.js";

/** What is fetched of the other side. */
export interface Wanted {
  /** A branch. */
  readonly base: string;
  /** A ref beside it, such as `refs/pull/7/head`, of somebody who may write to the repository; see `ForkFetches`. */
  readonly ref?: string;
  /** Whether the head of the branch is kept whatever becomes of the branch. Default false. */
  readonly isKept?: boolean;
}

export interface PreviewFetchesOptions {
  readonly mirror: () => { readonly git: Git; readonly url: string; readonly gitFolder: string };
  /** The commit of that name in the mirror. @throws GitError */
  readonly readCommit: (name: string) => Promise<string>;
  /** Nobody else writes to the mirror meanwhile. */
  readonly exclusively: (action: () => Promise<void>) => Promise<void>;
}

/** Fetches for previews of merges, of what those have pushed who may write to the repository. */
export class PreviewFetches {
  readonly #options: PreviewFetchesOptions;
  readonly #together: FetchesTogether<Wanted, string>;

  constructor(options: PreviewFetchesOptions) {
    this.#options = options;
    this.#together = new FetchesTogether({
      inTurn: options.exclusively,
      fetchAll: (group) => this.#fetchAll(group),
      settle: (wanted) => this.#settle(wanted),
    });
  }

  /** Returns the head of the branch. @throws GitError, ServiceError store-waiting */
  fetch(wanted: Wanted): Promise<string> {
    return this.#together.fetch(wanted);
  }

  /** What was fetched of the ref may go; none is no error. @throws GitError */
  async forget(ref: string): Promise<void> {
    const { exclusively, mirror } = this.#options;
    const { git, gitFolder } = mirror();
    await exclusively(async () => {
      await git.run(["update-ref", "-d", headPreviewRef(ref)], { gitFolder });
    });
  }

  async #settle({ base, isKept = false }: Wanted): Promise<string> {
    const head = await this.#options.readCommit(`${previewRef("base", base)}^{commit}`);
    if (isKept) await keepCommit(this.#options.mirror().gitFolder, head);
    return head;
  }

  async #fetchAll(group: readonly Wanted[]): Promise<void> {
    const refspecs = new Set(group.flatMap(refspecsOf));
    await fetchObjects({ refspecs: [...refspecs] }, this.#options.mirror());
  }
}

function refspecsOf({ base, ref }: Wanted): readonly string[] {
  const heads = ref === undefined ? [] : [`+${ref}:${headPreviewRef(ref)}`];
  return [...heads, `+refs/heads/${base}:${previewRef("base", base)}`];
}

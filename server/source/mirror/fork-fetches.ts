import type { Clock } from "../../clock.js";
import { ServiceError } from "../../errors.js";
import type { Git } from "../git/git.js";
import { GitError, GitStopped } from "../git/git-error.js";
import { FetchesTogether } from "./fetches-together.js";
import { writeRef } from "./kept-commits.js";
import { FetchTooLarge, limitedFetch, type FetchLimits } from "./limited-fetch.js";
import { headPreviewRef } from "./preview-refs.js";
import { Quarantine } from "./quarantine.js";

/** What somebody proposes who may not write to the repository. */
export interface ForkHead {
  /** A ref of the other side, such as `refs/pull/7/head`. */
  readonly ref: string;
  /** The commit that it is to be. */
  readonly head: string;
  /** The head of the branch that it is proposed for. */
  readonly base: string;
}

/** A head is more than is fetched of those who may not write to the repository. */
export class HeadTooLarge extends ServiceError {
  /** The head of the branch that it is proposed for. */
  readonly base: string;

  constructor(reason: string, { head, base }: Pick<ForkHead, "head" | "base">) {
    super("bad-request", `Cannot fetch commit ${head} of a fork: it ${reason}`);
    this.base = base;
  }
}

export interface ForkFetchesOptions {
  readonly mirror: () => { readonly git: Git; readonly url: string; readonly gitFolder: string };
  /** Whether the mirror has that commit. */
  readonly has: (commit: string) => Promise<boolean>;
  /** How often the mirror was tidied or made anew: objects may have gone since. */
  readonly rewrites: () => number;
  /** Nobody else writes to the mirror meanwhile. */
  readonly exclusively: <T>(action: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  /** Default: `FORK_LIMITS`. */
  readonly limits?: FetchLimits;
}

/**
 * Of one command. A pull request brings definitions, queries and perhaps samples, some MB at most; a host takes 2 GB in a push, and single
 * files of 100 MB. 60 s are that at 14 Mbit/s, and as long as others of forks wait for it.
 */
export const FORK_LIMITS: FetchLimits = { bytesMax: 100_000_000, msMax: 60_000 };

const REMEMBERED_MS = 3_600_000;
const REMEMBERED_MAX = 10_000;
/** A mirror is tidied once in hours. */
const TRIES_MAX = 3;

interface Remembered {
  readonly reason: string;
  readonly endsAt: number;
}

/**
 * Fetches of what anybody may have pushed. They have turns of their own and a quarantine, so that the followed branch and those who may write
 * wait for none of them; what is too large is thrown away, and not fetched again for an hour.
 */
export class ForkFetches {
  readonly #options: ForkFetchesOptions;
  readonly #together: FetchesTogether<ForkHead, void>;
  /** The oldest first. */
  readonly #tooLarge = new Map<string, Remembered>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #isFetching = false;
  #stop = new AbortController();

  constructor(options: ForkFetchesOptions) {
    this.#options = options;
    this.#together = new FetchesTogether({
      inTurn: (action) => this.#inTurn(action),
      fetchAll: (heads) => this.#fetchAll(heads),
      settle: () => Promise.resolve(),
    });
  }

  /** The mirror has the head then, unless its ref has moved on. @throws HeadTooLarge, GitError, GitStopped */
  async fetch(wanted: ForkHead): Promise<void> {
    const { head } = wanted;
    const known = this.#tooLarge.get(head);
    if (known !== undefined && known.endsAt > this.#options.clock.steady())
      throw new HeadTooLarge(known.reason, wanted);
    try {
      await this.#together.fetch(wanted);
    } catch (error) {
      if (!(error instanceof FetchTooLarge)) throw error;
      this.#remember(head, error.reason);
      throw new HeadTooLarge(error.reason, wanted);
    }
  }

  /** Deletes what a killed service has left. The caller sees to it that nobody else writes to the mirror. */
  async tidy(): Promise<void> {
    if (!this.#isFetching) await this.#quarantine().remove();
  }

  /** Ends the one that is under way, and those that wait. May be used again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#lastTurn.catch(() => undefined);
    this.#stop = new AbortController();
  }

  #quarantine(): Quarantine {
    return new Quarantine(this.#options.mirror().gitFolder);
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.catch(() => undefined).then(action);
    this.#lastTurn = turn;
    return turn;
  }

  async #fetchAll(heads: readonly ForkHead[]): Promise<void> {
    this.#isFetching = true;
    try {
      for (let tries = 1; !(await this.#fetchOnce(heads)); tries += 1)
        if (tries === TRIES_MAX) throw new GitError(["fetch"], "the mirror was made anew again and again");
    } finally {
      await this.#quarantine().remove();
      this.#isFetching = false;
    }
  }

  /** Whether the mirror is still that which it was fetched for: else what it was fetched beside is gone, and may be what was the matter. */
  async #fetchOnce(heads: readonly ForkHead[]): Promise<boolean> {
    const { mirror, has, rewrites, exclusively } = this.#options;
    const before = rewrites();
    const { gitFolder } = mirror();
    const kept = heads.map(({ ref, head }) => ({ head, ref: headPreviewRef(ref) }));
    const quarantine = this.#quarantine();
    await quarantine.open();
    try {
      await this.#fetchInto(quarantine, [...new Set(heads.map(({ ref }) => ref))]);
    } catch (error) {
      if (!(error instanceof GitError) || rewrites() === before) throw error;
      return false;
    }
    return exclusively(async () => {
      if (rewrites() !== before) return false;
      await quarantine.release();
      for (const { ref, head } of kept) if (await has(head)) await writeRef(`${gitFolder}/${ref}`, head);
      return true;
    });
  }

  async #fetchInto({ folder: objectFolder }: Quarantine, refs: readonly string[]): Promise<void> {
    const { mirror, clock, limits = FORK_LIMITS } = this.#options;
    const { signal: stop } = this.#stop;
    if (stop.aborted) throw new GitStopped(["fetch"]);
    await limitedFetch({ objectFolder, refs, limits, clock, stop, ...mirror() });
  }

  #remember(head: string, reason: string): void {
    this.#tooLarge.delete(head);
    this.#tooLarge.set(head, { reason, endsAt: this.#options.clock.steady() + REMEMBERED_MS });
    const [oldest] = this.#tooLarge.keys();
    if (this.#tooLarge.size > REMEMBERED_MAX && oldest !== undefined) this.#tooLarge.delete(oldest);
  }
}

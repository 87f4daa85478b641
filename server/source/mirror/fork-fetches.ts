import type { Clock } from "../../clock.js";
import type { Git } from "../git/git.js";
import { GitError, GitStopped } from "../git/git-error.js";
import { FetchesTogether, isNotOfHost } from "./fetches-together.js";
import { FORK_LIMITS, HeadTooLarge } from "./fork-limits.js";
import { FetchTooLarge, limitedFetch, type FetchLimits } from "./limited-fetch.js";
import type { ForkObjects } from "./fork-objects.js";

/** What somebody proposes who may not write to the repository. */
export interface ForkHead {
  /** A ref of the other side, such as `refs/pull/7/head`. */
  readonly ref: string;
  /** The commit that it is to be. */
  readonly head: string;
  /** The head of the branch that it is proposed for. */
  readonly base: string;
}

export interface ForkFetchesOptions {
  readonly mirror: () => { readonly git: Git; readonly url: string; readonly gitFolder: string };
  readonly objects: Pick<ForkObjects, "has" | "quarantine" | "release" | "dropQuarantine" | "clearStale">;
  /** How often the mirror was tidied or made anew: objects may have gone since. */
  readonly rewrites: () => number;
  readonly clock: Clock;
  /** Default: `FORK_LIMITS`. */
  readonly limits?: FetchLimits;
}

const REMEMBERED_MS = 3_600_000;
const REMEMBERED_MAX = 10_000;
/** A mirror is tidied once in hours. */
const TRIES_MAX = 3;

interface Remembered {
  readonly reason: string;
  readonly endsAt: number;
}

/**
 * Fetches of what anybody may have pushed. They have turns of their own and never enter the mirror, so that the followed branch and those who
 * may write wait for none of them; what is too large is thrown away, and not fetched again for an hour.
 */
export class ForkFetches {
  readonly #options: ForkFetchesOptions;
  readonly #together: FetchesTogether<ForkHead, void>;
  /** By ref and head, the oldest first. */
  readonly #tooLarge = new Map<string, Remembered>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #stop = new AbortController();

  constructor(options: ForkFetchesOptions) {
    this.#options = options;
    this.#together = new FetchesTogether({
      inTurn: (action) => this.#inTurn(action),
      fetchAll: (heads) => this.#fetchAll(heads),
      isOfOne: (error) => error instanceof FetchTooLarge || isNotOfHost(error),
      settle: () => Promise.resolve(),
    });
  }

  /** The objects have the head then, unless its ref has moved on. @throws HeadTooLarge, GitError, GitStopped */
  async fetch(wanted: ForkHead): Promise<void> {
    const { objects, clock } = this.#options;
    const { ref, head } = wanted;
    if (await objects.has([head])) return;
    // Of another ref it is what somebody else has pushed, who may have done so to have this one refused.
    const key = `${ref} ${head}`;
    const known = this.#tooLarge.get(key);
    if (known !== undefined && known.endsAt > clock.steady()) throw new HeadTooLarge(known.reason, wanted);
    try {
      await this.#together.fetch(wanted);
    } catch (error) {
      if (!(error instanceof FetchTooLarge)) throw error;
      this.#remember(key, error.reason);
      throw new HeadTooLarge(error.reason, wanted);
    }
  }

  /** Throws away what leans on a mirror of before, once nothing is fetched: nobody need wait for that. */
  clearStale(): void {
    void this.#inTurn(() => this.#options.objects.clearStale());
  }

  /** Ends the one that is under way, and those that wait. May be used again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#lastTurn.catch(() => undefined);
    this.#stop = new AbortController();
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.catch(() => undefined).then(action);
    this.#lastTurn = turn;
    return turn;
  }

  async #fetchAll(heads: readonly ForkHead[]): Promise<void> {
    try {
      for (let tries = 1; !(await this.#fetchOnce(heads)); tries += 1)
        if (tries === TRIES_MAX) throw new GitError(["fetch"], "the mirror was made anew again and again");
    } finally {
      await this.#options.objects.dropQuarantine();
    }
  }

  /** False where the mirror is not that any more which it was fetched beside, which may have been what was the matter. */
  async #fetchOnce(heads: readonly ForkHead[]): Promise<boolean> {
    const { objects, mirror, rewrites, clock, limits = FORK_LIMITS } = this.#options;
    const { signal: stop } = this.#stop;
    if (stop.aborted) throw new GitStopped(["fetch"]);
    const before = rewrites();
    const objectFolder = await objects.quarantine();
    const refs = [...new Set(heads.map(({ ref }) => ref))];
    try {
      await limitedFetch({ objectFolder, refs, limits, clock, stop, ...mirror() });
    } catch (error) {
      if (!(error instanceof GitError) || rewrites() === before) throw error;
      return false;
    }
    return objects.release();
  }

  #remember(key: string, reason: string): void {
    this.#tooLarge.delete(key);
    this.#tooLarge.set(key, { reason, endsAt: this.#options.clock.steady() + REMEMBERED_MS });
    const [oldest] = this.#tooLarge.keys();
    if (this.#tooLarge.size > REMEMBERED_MAX && oldest !== undefined) this.#tooLarge.delete(oldest);
  }
}

import { GitError } from "../git/git-error.js";
import { explainRemoteFailure } from "../remote/remote-failure.js";

export interface FetchesTogetherOptions<Wanted, Result> {
  /** One turn comes after the other. */
  readonly inTurn: (action: () => Promise<void>) => Promise<void>;
  /** Fetches all of these by one command. */
  readonly fetchAll: (group: readonly Wanted[]) => Promise<void>;
  /** Whether a failure of several may be that of one of them. Default: unless the host is away, which it is for each. */
  readonly isOfOne?: (error: unknown) => boolean;
  /** In the turn that has fetched it: whoever tidies the mirror comes before or after. */
  readonly settle: (wanted: Wanted) => Promise<Result>;
}

interface Waiting<Wanted, Result> {
  readonly wanted: Wanted;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Refs of one command at most. */
const TOGETHER_MAX = 50;

/**
 * A fetch is some eight processes, whether of one ref or of fifty: what is asked for while another one is under way is fetched together.
 * Where that does not go, as when one of them is not there or too large, each is fetched by itself.
 */
export class FetchesTogether<Wanted, Result> {
  readonly #options: FetchesTogetherOptions<Wanted, Result>;
  #waiting: Waiting<Wanted, Result>[] = [];

  constructor(options: FetchesTogetherOptions<Wanted, Result>) {
    this.#options = options;
  }

  /** @throws GitError, and what `fetchAll` and `settle` throw */
  fetch(wanted: Wanted): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, resolve, reject });
      // Who waits already has a turn, which takes all.
      if (this.#waiting.length === 1) void this.#options.inTurn(() => this.#fetchWaiting());
    });
  }

  async #fetchWaiting(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < all.length; start += TOGETHER_MAX)
      await this.#fetchTogether(all.slice(start, start + TOGETHER_MAX));
  }

  async #fetchTogether(group: readonly Waiting<Wanted, Result>[]): Promise<void> {
    const { fetchAll, settle, isOfOne = isNotOfHost } = this.#options;
    let isFetched = false;
    try {
      if (group.length > 1) await fetchAll(group.map(({ wanted }) => wanted));
      isFetched = group.length > 1;
    } catch (error) {
      if (!isOfOne(error)) return group.forEach((one) => one.reject(error));
    }
    for (const { wanted, resolve, reject } of group) {
      try {
        if (!isFetched) await fetchAll([wanted]);
        resolve(await settle(wanted));
      } catch (error) {
        reject(error);
      }
    }
  }
}

/** A failure of git that is not the host's. */
export function isNotOfHost(error: unknown): boolean {
  return error instanceof GitError && explainRemoteFailure(error.output) === null;
}

import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { RepositoryRow } from "../store/store.js";
import type { CheckedTimes } from "./checked-times.js";
import { GitStopped } from "./git/git-error.js";
import type { OnCommit } from "./source.js";
import { troublesOf, type SourceTroubles } from "./source-troubles.js";

/** What could not be announced is tried again so often where it must not slow others down. */
const RETRY_MS = 60_000;

export interface FollowedBranchOptions {
  readonly save: (row: RepositoryRow) => Promise<void>;
  readonly checkedTimes: Pick<CheckedTimes, "note" | "forget">;
  readonly onCommit: OnCommit;
  readonly troubles: Pick<SourceTroubles, "settle">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was seen of one branch, and what was told of it. */
export class FollowedBranch {
  readonly #options: FollowedBranchOptions;
  #row: RepositoryRow;
  /** The commit that `onCommit` was last told about, in the life of this process. */
  #announced: string | null = null;
  /** The one that could not be announced, and when that was tried. */
  #refused: { readonly commit: string; readonly at: number } | null = null;
  #failure: Error | null = null;

  constructor(row: RepositoryRow, options: FollowedBranchOptions) {
    this.#row = row;
    this.#options = options;
  }

  /** As it is now, which may be newer than the store's. */
  get row(): RepositoryRow {
    return this.#row;
  }

  /** Why the last check of it failed; null when it did not. */
  get failure(): Error | null {
    return this.#failure;
  }

  isNews(head: string): boolean {
    return head !== this.#announced;
  }

  /** Whether that could not be announced a moment ago. */
  isRefused(head: string): boolean {
    const { commit, at } = this.#refused ?? { commit: null, at: 0 };
    return head === commit && this.#options.clock.now() - at < RETRY_MS;
  }

  /** After a start: the head that was seen last may not be deployed yet, and the host may be gone. */
  async resume(): Promise<void> {
    const { headCommit, url } = this.#row;
    const { clock, log } = this.#options;
    if (this.#announced !== null || headCommit === null || this.isRefused(headCommit)) return;
    try {
      await this.announce(headCommit, clock.now());
    } catch (error) {
      // Whatever it is, the host is asked all the same: what it has now may mend it, and other branches have nothing to do with it.
      if (error instanceof GitStopped) throw error;
      log.warn("Cannot deploy the commit that was seen last", { url, reason: String(error) });
    }
  }

  /** Waits until the commit is deployed or refused. */
  async announce(commit: string, seenAt: number): Promise<void> {
    // Written while the commit is compiled; in the order of the store it comes before the deployment.
    const saved =
      commit === this.#row.headCommit
        ? Promise.resolve()
        : this.#save({ ...this.#row, headCommit: commit, checkedAt: this.#options.clock.now() });
    const told = this.#options.onCommit({ repository: this.#row, commit, seenAt });
    this.#refused = { commit, at: this.#options.clock.now() };
    for (const done of await Promise.allSettled([told, saved]))
      if (done.status === "rejected") throw done.reason;
    this.#refused = null;
    this.#announced = commit;
  }

  /** That it was checked now, and what went wrong; null when nothing did. */
  async record(failure: Error | null): Promise<void> {
    const { clock, checkedTimes, log, troubles } = this.#options;
    const { id, url, branch } = this.#row;
    const problem = failure?.message ?? null;
    this.#failure = failure;
    const isNews = problem !== this.#row.problem;
    if (problem !== null && isNews) log.warn("Cannot follow a repository", { url, branch, problem });
    const checkedAt = clock.now();
    const row = { ...this.#row, checkedAt, problem };
    if (isNews) {
      await this.#save(row);
    } else {
      this.#row = row;
      checkedTimes.note(id, checkedAt);
    }
    const now = troublesOf(row, failure);
    if (now !== null) await troubles.settle(row.id, now);
  }

  async #save(row: RepositoryRow): Promise<void> {
    this.#row = row;
    this.#options.checkedTimes.forget(row.id);
    await this.#options.save(row);
  }
}

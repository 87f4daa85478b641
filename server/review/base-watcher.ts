import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { Loop } from "../loop.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { OpenLists } from "./open-lists.js";
import { HostFailure, isHopeless, type OpenChange } from "./review-host.js";
import type { Since } from "./reviewer.js";
import type { Subject } from "./wanted-object.js";

export interface BaseWatcherOptions {
  readonly store: Pick<Store, "listRepositories" | "listClaims" | "removeClaims">;
  readonly lists: Pick<OpenLists, "list">;
  readonly feed: Pick<ChangeFeed, "subscribe">;
  /** Which pull requests it looks at: those of forks, or all others. */
  readonly isFork: boolean;
  /** See `Reviewer.reviewAgain`. */
  readonly lookAgain: (subject: Subject, since: Since) => Promise<string | null>;
  readonly clock: Clock;
  readonly log: Log;
  /** Of one repository, each time that its branch has moved: the newest ones. Default 200. */
  readonly changesMax?: number;
}

const CHANGES_MAX = 200;
const TRIES = 5;
const RETRY_MS = 60_000;

/** A repository whose branch has moved. */
interface Moved {
  /** How often looking at its pull requests has failed since. */
  readonly failures: number;
  readonly dueAt: number;
}

/**
 * When a branch has moved, what a merge into it would do is something else: looks at its open pull requests again, the newest first and
 * one at a time. However often it moves while that is done, it is done once more after it. What moved while the service was away, or the
 * host for longer than anybody tries, is seen by the heads with which pull requests were compared.
 */
export class BaseWatcher {
  readonly #options: BaseWatcherOptions;
  readonly #loop: Loop;
  /** By id of the repository. */
  readonly #moved = new Map<string, Moved>();
  readonly #stop = new AbortController();
  /** Whether what is on disk is to be asked what has moved. */
  #isToFind = true;
  #unsubscribe = (): void => undefined;

  constructor(options: BaseWatcherOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#loop = new Loop({ name: "branches that moved", clock, log, round: () => this.#round() });
  }

  start(): void {
    this.#unsubscribe = this.#options.feed.subscribe(null, (published) => {
      if (published?.change.kind !== "deployment") return;
      this.#moved.set(published.change.repositoryId, { failures: 0, dueAt: 0 });
      this.#loop.wake();
    });
    this.#loop.wake();
  }

  /** To be called now and then, and whenever the host may let us see more than before. */
  wake(): void {
    this.#isToFind = true;
    this.#loop.wake();
  }

  /** Idempotent; waits for what is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#unsubscribe();
    await this.#loop.stop();
  }

  /** When the next one is due; null when none is. */
  async #round(): Promise<number | null> {
    const { store, clock } = this.#options;
    const rows = await store.listRepositories();
    if (this.#isToFind) await this.#findMoved(rows);
    this.#isToFind = false;
    // What moves while it is looked at is looked at in a round of its own.
    const moved = [...this.#moved];
    for (const [id, { failures, dueAt }] of moved) {
      if (dueAt > clock.now() || this.#stop.signal.aborted) continue;
      this.#moved.delete(id);
      const row = rows.find((one) => one.id === id);
      const waitMs = row === undefined ? null : await this.#try(row, failures);
      if (waitMs !== null && !this.#moved.has(id))
        this.#moved.set(id, { failures: failures + 1, dueAt: clock.now() + waitMs });
    }
    const due = [...this.#moved.values()].map(({ dueAt }) => dueAt);
    return due.length === 0 ? null : Math.min(...due);
  }

  async #findMoved(rows: readonly RepositoryRow[]): Promise<void> {
    for (const { repositoryId, branch, base } of await this.#options.store.listClaims()) {
      const row = rows.find(({ id }) => id === repositoryId);
      const head = row?.branch === branch ? row.headCommit : null;
      const isMoved = head !== null && head !== base;
      // What is being tried is waited for as long as the host wants.
      if (isMoved && !this.#moved.has(repositoryId)) this.#moved.set(repositoryId, { failures: 0, dueAt: 0 });
    }
  }

  /** Milliseconds until the next try; null when there is to be none. */
  async #try(row: RepositoryRow, failures: number): Promise<number | null> {
    try {
      await this.#lookAtAll(row);
      return null;
    } catch (error) {
      if (this.#stop.signal.aborted) return null;
      this.#warn(row, error);
      return waitAfter(error, failures);
    }
  }

  /** One that fails keeps none of the others from being looked at. @throws what one of those did, one that may go well later before all */
  async #lookAtAll(row: RepositoryRow): Promise<void> {
    const { clock, lookAgain, changesMax = CHANGES_MAX } = this.#options;
    const at = clock.now();
    const stale = await this.#listStale(row);
    const newestFirst = stale.toSorted((a, b) => b.number - a.number);
    const failures: unknown[] = [];
    let base: string | null = null;
    for (const subject of newestFirst.slice(0, changesMax)) {
      if (this.#stop.signal.aborted) return;
      try {
        base = (await lookAgain(subject, { at, base })) ?? base;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures.findLast((error) => !isHopeless(error)) ?? failures.at(-1);
  }

  /** Those of the branch that were compared with another head of it. What is kept of those that are closed is forgotten. */
  async #listStale({ id, url, branch, headCommit }: RepositoryRow): Promise<readonly OpenChange[]> {
    const { lists, store, isFork } = this.#options;
    // Before the others are listed: one that is opened meanwhile is not forgotten.
    const claims = (await store.listClaims()).filter(({ repositoryId }) => repositoryId === id);
    const open = await lists.list(url);
    if (open === null) return [];
    // Where more are open than are listed most of those that are not listed are.
    for (const { change } of open.isWhole ? claims : [])
      if (!(await open.isOpen(change))) await store.removeClaims({ repositoryId: id, change });
    const done = new Set(claims.filter(({ base }) => base === headCommit).map(({ change }) => change));
    const own = open.changes.filter((change) => change.isFork === isFork && change.base === branch);
    return own.filter(({ number }) => !done.has(number));
  }

  #warn({ url }: RepositoryRow, error: unknown): void {
    // Whoever locks us out has told, once for all that waits.
    if (error instanceof HostFailure && error.kind === "locked-out") return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.warn("Cannot look at pull requests again", { url, reason });
  }
}

/** Milliseconds; null when it will never go well, or has failed often enough for now. */
function waitAfter(error: unknown, failures: number): number | null {
  const failure = error instanceof HostFailure ? error : null;
  if (failure?.kind === "locked-out") return Math.max(RETRY_MS, failure.retryAfterMs);
  return isHopeless(error) || failures + 1 >= TRIES
    ? null
    : Math.max(RETRY_MS * 2 ** failures, failure?.retryAfterMs ?? 0);
}

import { sleep, type Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow } from "../store/store.js";
import { GitStopped } from "./git/git-error.js";
import type { HostPlaces } from "./host-places.js";
import type { Mirror } from "./mirror/mirror.js";
import { repositoryHost } from "./remote/repository-url.js";
import type { OnCommit } from "./source.js";
import { troubleOf, type SourceTroubles } from "./source-troubles.js";

/** However long a host has been failing, it is asked so often. */
const MAX_BACKOFF_MS = 5 * 60_000;
/** Whoever waits for the first check waits no longer. */
const FIRST_CHECK_MS_MAX = 10_000;
/** A check that found nothing new is written down this often, not at every poll: each write costs a sync of the disk. */
const SAVE_CHECKED_MS = 60_000;

export interface FollowerOptions {
  readonly mirror: Mirror;
  /** Asks the other side for the head of the branch. @throws ServiceError */
  readonly readHead: () => Promise<string>;
  readonly save: (row: RepositoryRow) => Promise<void>;
  readonly onCommit: OnCommit;
  readonly places: HostPlaces;
  readonly troubles: Pick<SourceTroubles, "settle" | "tellVanished">;
  /** How long to wait until it is asked again, by how long nothing has come of it. */
  readonly paceMs: (quietForMs: number) => number;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What whoever asks for a turn wants of it, beside what every turn does. */
interface Wishes {
  /** Fetch without asking the other side first what is new: there is something, most likely. */
  readonly expectsNews: boolean;
  /** Announce once more what is known already. */
  readonly announceAgain: boolean;
  /** When the first of them asked; null when only time has passed. */
  readonly since: number | null;
}

const NO_WISHES: Wishes = { expectsNews: false, announceAgain: false, since: null };

/**
 * Follows the branch of one repository: check, announce, sleep, again. One turn at a time; a request that comes during
 * a turn gets a turn of its own afterwards, because the branch may have moved after that turn looked.
 */
export class Follower {
  readonly #options: FollowerOptions;
  #row: RepositoryRow;
  /** The commit that `onCommit` was last told about, in the life of this process. */
  #announced: string | null = null;
  #savedCheckedAt: number;
  /** When the branch was last seen to move, in the life of this process; long ago when it never was, as after a start. */
  #newsAt = -Infinity;
  /** What was asked of the next turn, which takes the wishes when it begins. */
  #wishes: Wishes = NO_WISHES;
  #failures = 0;
  #lastFailure: Error | null = null;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #cancelTimer: () => void = () => undefined;
  #stopped = false;

  constructor(row: RepositoryRow, options: FollowerOptions) {
    this.#row = row;
    this.#options = options;
    this.#savedCheckedAt = row.checkedAt ?? 0;
  }

  /** As it is now, which may be newer than the store's. */
  get row(): RepositoryRow {
    return this.#row;
  }

  /** Why the last turn failed; null when it did not. */
  get failure(): Error | null {
    return this.#lastFailure;
  }

  get mirror(): Mirror {
    return this.#options.mirror;
  }

  /** Checks, and waits until what was found is deployed or refused. Never throws: what failed is the row's `problem`. */
  check(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#cancelTimer();
    this.#next ??= this.#current.then(() => {
      const wishes = this.#wishes;
      this.#next = null;
      this.#wishes = NO_WISHES;
      this.#current = this.#turn(wishes);
      return this.#current;
    });
    return this.#next;
  }

  /** Whoever added a repository sees what became of its first commit, unless that takes long: it goes on without them. */
  async firstCheck(): Promise<RepositoryRow> {
    const checked = new AbortController();
    await Promise.race([this.check(), sleep(this.#options.clock, FIRST_CHECK_MS_MAX, checked.signal)]);
    checked.abort();
    return this.#row;
  }

  /** Checks a branch that has most likely moved. */
  hint(): Promise<void> {
    this.#wishes = { ...this.#wishes, expectsNews: true, since: this.#since() };
    return this.check();
  }

  /** Checks, and announces the head even when it was announced before: what was refused then may be accepted now. */
  sync(): Promise<void> {
    this.#wishes = { expectsNews: true, announceAgain: true, since: this.#since() };
    return this.check();
  }

  #since(): number {
    return this.#wishes.since ?? this.#options.clock.now();
  }

  /** Waits for the turn that is going. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#next;
    await this.#current;
    await this.#options.mirror.close();
  }

  async #turn(wishes: Wishes): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#resume();
      await this.#follow(wishes);
      this.#failures = 0;
      this.#lastFailure = null;
      await this.#record({ problem: null });
      await this.#options.troubles.settle(this.#row.id, []);
    } catch (error) {
      if (!(error instanceof GitStopped)) await this.#fail(error);
    }
    this.#sleep();
  }

  /** After a start: the head that was seen last may not be deployed yet, and the host may be gone. */
  async #resume(): Promise<void> {
    const { headCommit, url } = this.#row;
    const { clock, log } = this.#options;
    if (this.#announced !== null || headCommit === null) return;
    try {
      await this.#announce(headCommit, clock.now());
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      log.warn("Cannot deploy the commit that was seen last", { url, reason: error.message });
    }
  }

  async #follow({ expectsNews, announceAgain, since }: Wishes): Promise<void> {
    const { mirror, places, readHead, clock } = this.#options;
    const seenAt = since ?? clock.now();
    const question = { host: repositoryHost(this.#row.url), isAsked: since !== null };
    const head = await places.pass(question, async () => {
      const fetched = expectsNews ? await mirror.fetchUnasked() : null;
      if (fetched !== null) return fetched;
      const remote = await readHead();
      return remote === this.#announced ? remote : this.#fetch(remote);
    });
    if (head === this.#announced && !announceAgain) return;
    await this.#announce(head, seenAt);
    this.#newsAt = clock.now();
  }

  /** The branch may have moved since it was asked for; what it had then is mostly below what it has now. */
  async #fetch(seen: string): Promise<string> {
    const { mirror, troubles } = this.#options;
    const head = await mirror.fetch(seen);
    if (head !== seen && !(await mirror.has(seen))) await troubles.tellVanished(this.#row, { seen, head });
    return head;
  }

  async #announce(commit: string, seenAt: number): Promise<void> {
    // Written while the commit is compiled; in the order of the store it comes before the deployment.
    const saved =
      commit === this.#row.headCommit
        ? Promise.resolve()
        : this.#save({ ...this.#row, headCommit: commit, checkedAt: this.#options.clock.now() });
    const told = this.#options.onCommit({ repository: this.#row, commit, seenAt });
    for (const done of await Promise.allSettled([told, saved]))
      if (done.status === "rejected") throw done.reason;
    this.#announced = commit;
  }

  async #fail(error: unknown): Promise<void> {
    const { log } = this.#options;
    this.#failures += 1;
    this.#lastFailure = error instanceof Error ? error : new ServiceError("internal", String(error));
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.#row.problem)
      log.warn("Cannot follow a repository", { url: this.#row.url, problem });
    const trouble = troubleOf(error, this.#row.branch);
    try {
      await this.#record({ problem });
      if (trouble !== null) await this.#options.troubles.settle(this.#row.id, [trouble]);
    } catch (failure) {
      log.error("Cannot record the state of a repository", { url: this.#row.url, reason: String(failure) });
    }
  }

  async #record({ problem }: { readonly problem: string | null }): Promise<void> {
    const checkedAt = this.#options.clock.now();
    const row = { ...this.#row, checkedAt, problem };
    const isNews = problem !== this.#row.problem || checkedAt - this.#savedCheckedAt >= SAVE_CHECKED_MS;
    if (isNews) await this.#save(row);
    else this.#row = row;
  }

  async #save(row: RepositoryRow): Promise<void> {
    this.#row = row;
    await this.#options.save(row);
    this.#savedCheckedAt = row.checkedAt ?? 0;
  }

  /** Apart by chance, so that a thousand repositories do not ask their host at the same instant. */
  #sleep(): void {
    if (this.#stopped || this.#next !== null) return;
    const { paceMs, ids, clock } = this.#options;
    const pace = paceMs(clock.now() - this.#newsAt);
    const longest = Math.max(pace, MAX_BACKOFF_MS);
    const delayMs = Math.min(longest, pace * 2 ** Math.min(this.#failures, 10));
    this.#cancelTimer = clock.after(delayMs * (0.8 + 0.4 * ids.random()), () => void this.check());
  }
}

import { sleep } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { RepositoryRow } from "../store/store.js";
import { absenceOf } from "./declared-branches.js";
import { FollowedBranch, type FollowedBranchOptions } from "./followed-branch.js";
import { GitStopped } from "./git/git-error.js";
import type { HostPlaces } from "./host-places.js";
import type { Mirror } from "./mirror/mirror.js";
import { isBranchName } from "./remote/branch-name.js";
import type { Heads, RemoteHeads } from "./remote/remote.js";
import { repositoryHost } from "./remote/repository-url.js";
import type { SourceTroubles } from "./source-troubles.js";

/** However long a host has been failing, it is asked so often. */
const MAX_BACKOFF_MS = 5 * 60_000;
/** Git asks so often whatever else says that nothing is new: it hears of redirects, and knows forms of refs that nobody else does. */
const GIT_ASKS_MS = 60 * 60_000;
/** The answer to adding a repository waits this long for its first deployment. */
const FIRST_CHECK_MS_MAX = 10_000;

export interface FollowerOptions extends FollowedBranchOptions {
  readonly mirror: Mirror;
  /** Asks the other side for the heads of branches, all at once. @throws ServiceError */
  readonly readHeads: (branches: readonly string[]) => Promise<RemoteHeads>;
  /** Told at each such question where the host has sent git on to; null when it has not. */
  readonly tellRedirect: (to: string | null) => void;
  /** Whether the other side has these heads, for sure. */
  readonly hasHeads: (heads: Heads) => Promise<boolean>;
  /** What else is to be followed, by what is deployed now; the store has what is new, and nothing any more of what is not among it. */
  readonly settleDeclared: (
    own: RepositoryRow,
    declared: readonly RepositoryRow[],
  ) => Promise<readonly RepositoryRow[]>;
  readonly places: HostPlaces;
  readonly troubles: Pick<SourceTroubles, "settle" | "tellVanished">;
  /** How long to wait until it is asked again, by how long nothing has come of it. */
  readonly paceMs: (quietForMs: number) => number;
  readonly ids: Ids;
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

/** What the other side has answered. */
interface Answer extends Omit<RemoteHeads, "redirectedTo"> {
  readonly asked: readonly string[];
}

/** What is to become of what was found. */
interface News extends Pick<Wishes, "announceAgain"> {
  /** When whoever asked asked; else when it was looked. */
  readonly seenAt: number;
}

/**
 * Follows the branches of one registered repository: its own, and those that are declared. Check, announce, sleep, again. One turn at a
 * time; a request that comes during a turn gets a turn of its own afterwards, because a branch may have moved after that turn looked.
 * Of all branches the own one goes first: what is declared follows from what is deployed of it.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #own: FollowedBranch;
  #declared: readonly FollowedBranch[];
  /** When a branch was last seen to move, in the life of this process; long ago when none ever was, as after a start. */
  #newsAt = -Infinity;
  /** Branches that were not there when they were last asked for: one of them makes a fetch of all fail. */
  #missing: ReadonlySet<string> = new Set();
  /** When git has asked the other side last, in the life of this process. */
  #gitAskedAt = -Infinity;
  /** What was asked of the next turn, which takes the wishes when it begins. */
  #wishes: Wishes = NO_WISHES;
  #failures = 0;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #cancelTimer: () => void = () => undefined;
  readonly #stop = new AbortController();

  constructor(own: RepositoryRow, declared: readonly RepositoryRow[], options: FollowerOptions) {
    this.#own = new FollowedBranch(own, options);
    this.#declared = declared.map((row) => new FollowedBranch(row, options));
    this.#options = options;
  }

  /** That of the registered repository, as it is now, which may be newer than the store's. */
  get row(): RepositoryRow {
    return this.#own.row;
  }

  /** Those of the branches that are followed because they are declared. */
  get declared(): readonly RepositoryRow[] {
    return this.#declared.map(({ row }) => row);
  }

  /** One of its rows, as it is now. Why the last check of that failed is null when it did not. */
  find(id: string): Pick<FollowedBranch, "row" | "failure"> | undefined {
    return [this.#own, ...this.#declared].find(({ row }) => row.id === id);
  }

  get mirror(): Mirror {
    return this.#options.mirror;
  }

  /** Checks, and waits until what was found is deployed or refused. Never throws: what failed is the row's `problem`. */
  check(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
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

  /**
   * Whoever added a repository, or moved it, sees what became of its commit, unless that takes long: it goes on without them. Answers why
   * it could not be followed; null when it is, or nobody knows yet.
   */
  async firstCheck(): Promise<Error | null> {
    const checked = new AbortController();
    this.#wishes = { ...this.#wishes, since: this.#since() };
    await Promise.race([this.check(), sleep(this.#options.clock, FIRST_CHECK_MS_MAX, checked.signal)]);
    checked.abort();
    return this.#own.failure;
  }

  /** Checks branches of which one has most likely moved. */
  hint(): Promise<void> {
    this.#wishes = { ...this.#wishes, expectsNews: true, since: this.#since() };
    return this.check();
  }

  /** Checks, and announces the heads even when they were announced before: what was refused then may be accepted now. */
  sync(): Promise<void> {
    this.#wishes = { expectsNews: true, announceAgain: true, since: this.#since() };
    return this.check();
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #since(): number {
    return this.#wishes.since ?? this.#options.clock.now();
  }

  /** Ends the fetch that is going, which may be one of hours, and waits for the rest of its turn. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancelTimer();
    await this.#next;
    await this.#current;
    await this.#options.mirror.close();
  }

  async #turn(wishes: Wishes): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#own.resume();
      await this.#settle();
      for (const branch of this.#declared) await branch.resume();
      await this.#follow(wishes);
      this.#failures = this.#own.failure === null ? 0 : this.#failures + 1;
    } catch (error) {
      if (!(error instanceof GitStopped)) await this.#fail(error);
    }
    this.#sleep();
  }

  /** Takes in what is declared now. A row that is another object is of another branch, or is to be announced anew. */
  async #settle(): Promise<void> {
    const before = this.#declared;
    const rows = await this.#options.settleDeclared(this.row, this.declared);
    this.#declared = rows.map(
      (row) => before.find((branch) => branch.row === row) ?? new FollowedBranch(row, this.#options),
    );
  }

  /** The registered branch first, of which the others follow. What goes wrong with one of them keeps none of the others back. */
  async #follow(wishes: Wishes): Promise<void> {
    const seenAt = wishes.since ?? this.#options.clock.now();
    const answer = await this.#ask(wishes);
    const isSame = await this.#take(this.#own, answer, { ...wishes, seenAt });
    if (!isSame) await this.#settle();
    const isKnown = this.#branches().every((branch) => answer.asked.includes(branch));
    const later = isKnown ? answer : await this.#ask({ ...wishes, expectsNews: false });
    for (const branch of this.#declared) await this.#take(branch, later, { ...wishes, seenAt });
  }

  /** Announces the head, where that is to be, and records how it went. Answers whether it is as it was. */
  async #take(branch: FollowedBranch, answer: Answer, news: News): Promise<boolean> {
    const head = answer.heads.get(branch.row.branch);
    if (head === undefined) {
      await branch.record(branch === this.#own ? answer.absence : absenceOf(branch.row));
      return true;
    }
    const isSame = !news.announceAgain && !branch.isNews(head);
    const isLeft = !news.announceAgain && branch !== this.#own && branch.isRefused(head);
    if (isLeft) return true;
    await branch.record(isSame ? null : await this.#announce(branch, head, news.seenAt));
    return isSame;
  }

  /** What went wrong; null when nothing did. @throws GitStopped */
  async #announce(branch: FollowedBranch, head: string, seenAt: number): Promise<Error | null> {
    try {
      await branch.announce(head, seenAt);
      this.#newsAt = this.#options.clock.now();
      return null;
    } catch (error) {
      if (error instanceof GitStopped) throw error;
      return asError(error);
    }
  }

  /** The heads of all branches, which the mirror has then. A first clone has no place of those who only ask. */
  async #ask(wishes: Pick<Wishes, "expectsNews" | "since">): Promise<Answer> {
    const { places, mirror } = this.#options;
    const question = {
      host: repositoryHost(this.row.url),
      isAsked: wishes.since !== null,
      stop: this.#stop.signal,
    };
    const { heads, ...answer } = await places.pass(question, () => this.#look(wishes));
    if (!this.#isNews(heads) || !(await mirror.isNew())) return { ...answer, heads };
    return {
      ...answer,
      heads: await places.pass({ ...question, isClone: true }, () => this.#fetch(heads)),
    };
  }

  /** The same, but for a mirror that is not there yet, which then has nothing of it. */
  async #look({ expectsNews, since }: Pick<Wishes, "expectsNews" | "since">): Promise<Answer> {
    const { mirror, readHeads, tellRedirect } = this.#options;
    const asked = this.#branches();
    const known = since === null ? this.#knownHeads() : null;
    if (known !== null && (await this.#options.hasHeads(known)))
      return { asked, heads: known, absence: null };
    const shown = asked.filter((branch) => !this.#missing.has(branch));
    const fetched =
      expectsNews && shown[0] === asked[0] ? await mirror.fetchUnasked(shown, this.#stop.signal) : null;
    if (fetched !== null) return { asked: shown, heads: fetched, absence: null };
    const { heads, absence, redirectedTo } = await readHeads(asked);
    this.#gitAskedAt = this.#options.clock.now();
    tellRedirect(redirectedTo);
    this.#missing = new Set(asked.filter((branch) => !heads.has(branch)));
    const isFetched = this.#isNews(heads) && !(await mirror.isNew());
    return { asked, heads: isFetched ? await this.#fetch(heads) : heads, absence };
  }

  /** Branches may have moved since they were asked for; what they had then is mostly below what they have now. */
  async #fetch(seen: Heads): Promise<Heads> {
    const { mirror, troubles } = this.#options;
    const heads = await mirror.fetch(seen, this.#stop.signal);
    for (const row of [this.row, ...this.declared]) {
      const [before, head] = [seen.get(row.branch), heads.get(row.branch)];
      if (before === undefined || head === undefined || before === head) continue;
      if (!(await mirror.has(before))) await troubles.tellVanished(row, { seen: before, head });
    }
    return heads;
  }

  /** What was announced of all branches; null when not all have been, or git is to ask once more. */
  #knownHeads(): Heads | null {
    if (this.#options.clock.now() - this.#gitAskedAt >= GIT_ASKS_MS) return null;
    const heads = new Map<string, string>();
    for (const branch of [this.#own, ...this.#declared]) {
      const { branch: name, headCommit } = branch.row;
      if (headCommit === null || branch.isNews(headCommit)) return null;
      heads.set(name, headCommit);
    }
    return heads;
  }

  #isNews(seen: Heads): boolean {
    return [this.#own, ...this.#declared].some((branch) => {
      const head = seen.get(branch.row.branch);
      return head !== undefined && branch.isNews(head);
    });
  }

  /** What the other side can be asked for, the registered one first; two rows may be of one branch while it changes hands. */
  #branches(): readonly string[] {
    const declared = this.declared.map(({ branch }) => branch).filter(isBranchName);
    return [...new Set([this.row.branch, ...declared])];
  }

  async #fail(error: unknown): Promise<void> {
    this.#failures += 1;
    try {
      for (const branch of [this.#own, ...this.#declared]) await branch.record(asError(error));
    } catch (failure) {
      const { url } = this.row;
      const reason = String(failure);
      this.#options.log.error("Cannot record the state of a repository", { url, reason });
    }
  }

  /** Apart by chance, so that a thousand repositories do not ask their host at the same instant. */
  #sleep(): void {
    if (this.#isStopped || this.#next !== null) return;
    const { paceMs, ids, clock } = this.#options;
    const pace = paceMs(clock.now() - this.#newsAt);
    const longest = Math.max(pace, MAX_BACKOFF_MS);
    const delayMs = Math.min(longest, pace * 2 ** Math.min(this.#failures, 10));
    this.#cancelTimer = clock.after(delayMs * (0.8 + 0.4 * ids.random()), () => void this.check());
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new ServiceError("internal", String(error));
}

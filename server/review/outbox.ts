import { type Clock, sleep } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { HostObject, HostWish, Reviews, WriteBudgetRow } from "../store/reviews.js";
import { toKept, wantedIn } from "./kept.js";
import { asksForPatience, HostFailure, isHopeless, type ReviewHost } from "./review-host.js";
import type { WantedObject } from "./wanted-object.js";
import { WriteBudget, type WriteKind } from "./write-budget.js";

export interface OutboxOptions {
  readonly store: Pick<
    Reviews,
    | "wishHostObjects"
    | "findHostObject"
    | "listWaitingHostObjects"
    | "fulfilHostObject"
    | "delayHostObject"
    | "saveWriteBudget"
    | "listWriteBudgets"
  >;
  readonly host: Pick<ReviewHost, "write">;
  readonly hostName: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Of one account in any minute. */
  readonly writesPerMinute: number;
  /** Of one account in any hour. Default: no limit. */
  readonly writesPerHour?: number;
  /** How long a request that an earlier life sent may be under way. Default 10 s, after which GitHub ends one. */
  readonly underWayMsMax?: number;
  /** How long after its first failure a write is tried again, more or less; twice as long after each further one. Default 2 s. */
  readonly retryMs?: number;
  /** How much that an earlier life has left is read at once; the rest when half of it is done. Default 10,000. */
  readonly readMax?: number;
}

/** How something at a host is to look. */
export type OutboxWish = Pick<HostWish, "key" | "account" | "rank"> & {
  readonly wanted: WantedObject;
  /** Default 0. */
  readonly delayMs?: number;
  /** Default false. */
  readonly isUnfinished?: boolean;
};

const READ_MAX = 10_000;
/** What people wait for before they merge. */
const RESULT_RANK_MAX = 1;
/** Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts */
const UNDER_WAY_MS_MAX = 10_000;
const RETRY_MS = 2000;
const BACKOFF_MS_MAX = 5 * 60_000;
const ATTEMPTS_MAX = 12;
/** Of a check, after that: three days of them. */
const SLOW_MS = 3_600_000;
const SLOW_ATTEMPTS_MAX = 72;

/**
 * Writes to hosts, patiently: the last wish for an object is the one that is written, one request of an account at a time, never more
 * than its budget, checks before comments; where that is nearly spent, checks are written once, when they are done. A wish is on disk before anybody is told of it, and stays until it is fulfilled. What a host
 * refuses is given up, but for checks, which somebody may wait for: they are tried again, slowly in the end.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, Waiting>();
  readonly #lanes = new Map<string, Lane>();
  /** What an earlier life has written lately, by account. */
  #spentBefore: ReadonlyMap<string, WriteBudgetRow> = new Map();
  /** Whether there may be more on disk than is known here. */
  #hasMore = false;
  #isReading = false;
  /** How many writes have ended. */
  #ended = 0;
  /** From when on, by the steady clock, no request of an earlier life is under way. */
  #settledAt = -Infinity;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Goes on with what an earlier life has left, as soon as what that life had sent must be there or has failed: a host that is asked
   * before then does not know yet what it is about to make, and makes it twice.
   */
  async start(): Promise<void> {
    const { clock, underWayMsMax = UNDER_WAY_MS_MAX } = this.#options;
    this.#settledAt = clock.steady() + underWayMsMax;
    const { store, hostName } = this.#options;
    const budgets = await store.listWriteBudgets(hostName);
    this.#spentBefore = new Map(budgets.map((row) => [row.account, row]));
    await this.#readOn();
  }

  /** Waits for the request that is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const { nudge } of this.#lanes.values()) nudge.abort();
    for (const { turn } of this.#lanes.values()) await turn;
  }

  /** Resolves when the wishes are kept, all or none; they are written after that. */
  async wish(...wishes: readonly OutboxWish[]): Promise<void> {
    const { store, clock, hostName: host } = this.#options;
    const now = clock.now();
    const ended = this.#ended;
    const objects = await store.wishHostObjects(
      ...wishes.map(({ key, account, rank, wanted, delayMs = 0, isUnfinished = false }) => {
        const when = { dueAt: now + delayMs, updatedAt: now };
        return { key, host, account, rank, wanted: toKept(wanted), isUnfinished, ...when };
      }),
    );
    // What was read while a write ended may be from before it, and not know what it made.
    const isStale = ended !== this.#ended;
    for (const object of objects) {
      const mayExist = object.remoteId === null && isStale;
      this.#add({ object, mayExist: this.#waiting.get(object.key)?.mayExist ?? mayExist });
    }
  }

  /** What was read while a write ended may be from before it, and would be written twice: it is read again. */
  async #readOn(): Promise<void> {
    const { store, hostName, readMax = READ_MAX } = this.#options;
    this.#isReading = true;
    try {
      let ended: number;
      let objects: readonly HostObject[];
      do {
        ended = this.#ended;
        objects = await store.listWaitingHostObjects(hostName, readMax);
      } while (ended !== this.#ended && !this.#stop.signal.aborted);
      this.#hasMore = objects.length === readMax;
      for (const object of objects) if (!this.#waiting.has(object.key)) this.#add({ object, mayExist: true });
    } finally {
      this.#isReading = false;
    }
  }

  /** What was tried in vain may go well now, such as when somebody has granted what was missing: it is tried at once. */
  hurry(): void {
    const now = this.#options.clock.now();
    for (const waiting of this.#waiting.values()) {
      const { object } = waiting;
      if (object.attempts > 0 && object.dueAt > now)
        this.#add({ ...waiting, object: { ...object, dueAt: now } });
    }
  }

  #add(waiting: Waiting): void {
    const { key, account, generation } = waiting.object;
    const known = this.#waiting.get(key)?.object.generation ?? 0;
    if (generation < known || this.#stop.signal.aborted) return;
    this.#waiting.set(key, waiting);
    this.#wake(account);
  }

  #wake(account: string): void {
    const { clock, writesPerMinute: perMinute, writesPerHour: perHour = Infinity } = this.#options;
    const lane = this.#lanes.get(account) ?? {
      budget: new WriteBudget(clock, { perMinute, perHour }, this.#spentBefore.get(account)),
      turn: null,
      nudge: new AbortController(),
    };
    this.#lanes.set(account, lane);
    lane.nudge.abort();
    lane.turn ??= this.#work(account, lane);
  }

  async #work(account: string, lane: Lane): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const next = this.#nextOf(account, lane);
      if (next === null) break;
      if (next.delayMs > 0) await this.#pause(lane, next.delayMs);
      else await this.#write(next.waiting, lane);
    }
    // At once, so that whoever adds something after this look begins another turn.
    lane.turn = null;
  }

  /** Until then, or until there is something else to look at. */
  async #pause(lane: Lane, delayMs: number): Promise<void> {
    lane.nudge = new AbortController();
    await sleep(this.#options.clock, delayMs, lane.nudge.signal);
  }

  /** What is due goes by rank and age; of what is not, that which is due first. What waits for the budget keeps no check from going. */
  #nextOf(account: string, { budget }: Lane): Timed | null {
    const budgetMs = {
      result: budget.waitMs("result"),
      begun: budget.waitMs("begun"),
      unhurried: budget.waitMs("unhurried"),
    } satisfies Record<WriteKind, number>;
    const own = [...this.#waiting.values()]
      .filter(({ object }) => object.account === account)
      .map((waiting): Timed => {
        const delayMs = Math.max(budgetMs[kindOf(waiting.object)], this.#delayOf(waiting));
        return { waiting, delayMs };
      });
    const due = own.filter(({ delayMs }) => delayMs <= 0);
    const byRank = ({ waiting: { object: a } }: Timed, { waiting: { object: b } }: Timed): number =>
      a.rank - b.rank || a.updatedAt - b.updatedAt;
    return due.toSorted(byRank)[0] ?? own.toSorted((a, b) => a.delayMs - b.delayMs)[0] ?? null;
  }

  /** Milliseconds; due when not above zero. */
  #delayOf({ object, mayExist }: Waiting): number {
    const { clock } = this.#options;
    const delayMs = object.dueAt - clock.now();
    return mayExist ? Math.max(delayMs, this.#settledAt - clock.steady()) : delayMs;
  }

  async #write(waiting: Waiting, { budget }: Lane): Promise<void> {
    const { host, store, hostName } = this.#options;
    const { object, mayExist } = waiting;
    const { key, generation, account } = object;
    try {
      const permit = (): Promise<void> => this.#permit(object, budget);
      const remoteId = await host.write(wantedIn(object), { remoteId: object.remoteId, mayExist, permit });
      await store.fulfilHostObject({ key, generation, remoteId });
      this.#settle(waiting, remoteId);
    } catch (error) {
      await this.#fail(waiting, asFailure(error), budget);
    }
    await this.#keep(() => store.saveWriteBudget({ host: hostName, account, ...budget.left }));
    const { readMax = READ_MAX } = this.#options;
    if (this.#hasMore && !this.#isReading && this.#waiting.size <= readMax / 2)
      await this.#keep(() => this.#readOn());
  }

  async #permit(object: HostObject, budget: WriteBudget): Promise<void> {
    await budget.take(kindOf(object), this.#stop.signal);
    if (this.#stop.signal.aborted) throw new HostFailure("unavailable", "the service stops");
  }

  /** A wish that came meanwhile learns the id of what was made. */
  #settle({ object }: Waiting, remoteId: string | null): void {
    this.#ended += 1;
    const latest = this.#waiting.get(object.key);
    if (latest === undefined) return;
    if (latest.object.generation === object.generation) this.#waiting.delete(object.key);
    else this.#waiting.set(object.key, { ...latest, object: { ...latest.object, remoteId } });
  }

  async #fail(waiting: Waiting, failure: HostFailure, budget: WriteBudget): Promise<void> {
    const { store, log } = this.#options;
    const { key, generation, remoteId } = waiting.object;
    const isLast = isLastTry(waiting.object, failure);
    // Whoever locks us out has told, once for all that waits.
    if (failure.kind !== "locked-out")
      log.warn(isLast ? "Gives up a write to a host" : "Will write to a host later", {
        key,
        reason: failure.message,
      });
    if (asksForPatience(failure)) budget.pause(failure.retryAfterMs);
    else if (isLast) {
      this.#settle(waiting, remoteId);
      return this.#keep(() => store.fulfilHostObject({ key, generation, remoteId }));
    }
    return this.#delay(waiting, failure);
  }

  async #delay({ object }: Waiting, failure: HostFailure): Promise<void> {
    const { store, clock, ids, retryMs = RETRY_MS } = this.#options;
    const isAsked = asksForPatience(failure);
    const attempts = object.attempts + (isAsked ? 0 : 1);
    const steadyMs =
      attempts < ATTEMPTS_MAX ? Math.min(BACKOFF_MS_MAX, retryMs * 2 ** (attempts - 1)) : SLOW_MS;
    const backoffMs = steadyMs * (0.5 + ids.random());
    const delayed: HostObject = {
      ...object,
      attempts,
      dueAt: clock.now() + (isAsked ? failure.retryAfterMs : backoffMs),
      problem: failure.message,
    };
    await this.#keep(() => store.delayHostObject(delayed));
    const latest = this.#waiting.get(object.key);
    if (latest === undefined) return;
    const isLatest = latest.object.generation === object.generation;
    this.#waiting.set(object.key, { object: isLatest ? delayed : latest.object, mayExist: true });
  }

  /** What is not on disk of a failure is found out again by the next life. */
  async #keep(write: () => Promise<void>): Promise<void> {
    await write().catch((error: unknown) =>
      this.#options.log.error("Cannot keep how a write to a host went", { reason: String(error) }),
    );
  }
}

/** A check that a host refuses may be of a commit that it is about to know, or of what it will let us write again. */
function isLastTry(object: HostObject, failure: HostFailure): boolean {
  const { attempts } = object;
  if (wantedIn(object).kind === "check") return attempts + 1 >= ATTEMPTS_MAX + SLOW_ATTEMPTS_MAX;
  return isHopeless(failure) || attempts + 1 >= ATTEMPTS_MAX;
}

function kindOf({ rank, isUnfinished }: HostObject): WriteKind {
  if (rank > RESULT_RANK_MAX) return "unhurried";
  return isUnfinished ? "begun" : "result";
}

function asFailure(error: unknown): HostFailure {
  if (error instanceof HostFailure) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new HostFailure("unavailable", reason, { cause: error });
}

interface Waiting {
  readonly object: HostObject;
  /** An earlier try may have made it. */
  readonly mayExist: boolean;
}

interface Timed {
  readonly waiting: Waiting;
  /** Due when not above zero. */
  readonly delayMs: number;
}

interface Lane {
  readonly budget: WriteBudget;
  turn: Promise<void> | null;
  nudge: AbortController;
}

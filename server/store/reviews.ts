import type { Json } from "@headwater/workflow";

/** What a host of repositories has told, kept before it is answered. */
export interface DeliveryRow {
  /** The host's own name for it: the same when it is sent again. */
  readonly id: string;
  readonly host: string;
  /** What is to be done about it, as `server/review` has read it. */
  readonly event: Json;
  readonly receivedAt: number;
}

/** Something at a host that is to look as we say: a check, a comment. The last wish is the one that counts. */
export interface HostObject {
  /** One for each object, such as `check github 7 <commit>`. */
  readonly key: string;
  readonly host: string;
  /** Writes of one account wait for each other. */
  readonly account: string;
  /** How it is to look, whole. */
  readonly wanted: Json;
  /** Grows with every wish: the fence of whoever fulfils one. */
  readonly generation: number;
  /** The host's id of it; null before it was made there. */
  readonly remoteId: string | null;
  /** How often the latest wish was tried in vain. */
  readonly attempts: number;
  /** Not before this time. */
  readonly dueAt: number;
  /** Smaller goes first. */
  readonly rank: number;
  /** There is more to come, so that what is written must not stay as it is. */
  readonly isUnfinished: boolean;
  /** Why the last try failed; null when it did not. */
  readonly problem: string | null;
  readonly updatedAt: number;
}

export type HostWish = Pick<
  HostObject,
  "key" | "host" | "account" | "wanted" | "dueAt" | "rank" | "isUnfinished" | "updatedAt"
>;

/** How much was written for an account lately. */
export interface WriteBudgetRow {
  readonly host: string;
  readonly account: string;
  /** By epoch second, oldest first. */
  readonly spent: readonly (readonly [second: number, writes: number])[];
  /** Until when the host wants to be left alone, epoch milliseconds. */
  readonly closedUntil: number;
}

/** What reviews of pull requests need to go on after a crash. */
export interface Reviews {
  /** False when it is there already, done or not. */
  recordDelivery(delivery: DeliveryRow): Promise<boolean>;
  /** Those of the host that nobody is done with, oldest first. */
  listOpenDeliveries(host: string, limit: number): Promise<readonly DeliveryRow[]>;
  closeDeliveries(ids: readonly string[]): Promise<void>;
  /** Which of these are there. */
  filterDeliveries(ids: readonly string[]): Promise<readonly string[]>;
  /** Each replaces an earlier wish for the same object, whether it was fulfilled or not: all of them or none. Returns the objects, in order. */
  wishHostObjects(...wishes: readonly HostWish[]): Promise<readonly HostObject[]>;
  findHostObject(key: string): Promise<HostObject | null>;
  /** Those of these keys that somebody has wished for, in no order. */
  listHostObjects(keys: readonly string[]): Promise<readonly HostObject[]>;
  /** Those of the host whose latest wish is not fulfilled yet, by rank and then by time. */
  listWaitingHostObjects(host: string, limit: number): Promise<readonly HostObject[]>;
  /** Those of the host that are fulfilled, and of which more is to come, last wished for before `before`. */
  listUnfinishedHostObjects(host: string, before: number): Promise<readonly HostObject[]>;
  /** The wish of that generation is fulfilled. A later one goes on waiting, but knows the id. */
  fulfilHostObject(done: Pick<HostObject, "key" | "generation" | "remoteId">): Promise<void>;
  /** The wish of that generation is to be tried again; one that is replaced is not touched, but for the id. */
  delayHostObject(
    tried: Pick<HostObject, "key" | "generation" | "remoteId" | "dueAt" | "attempts" | "problem">,
  ): Promise<void>;
  /** In place of what was kept of the account before. */
  saveWriteBudget(row: WriteBudgetRow): Promise<void>;
  listWriteBudgets(host: string): Promise<readonly WriteBudgetRow[]>;
  /** Forgets what nobody has touched since then, nothing waits for and is finished. */
  pruneReviews(before: number): Promise<void>;
}

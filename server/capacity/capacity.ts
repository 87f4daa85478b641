import type { Taken } from "@headwater/engine";
import type { Priority } from "@headwater/workflow";

/**
 * Who goes first, and why the others wait. An attempt asks with a ticket, begins when it is told to, and gives back what it
 * held when it has ended. Nothing of it is stored: who holds what follows from the attempts that are under way.
 *
 * One machine fills it today (`LocalCapacity`); a tree of weighted shares over many machines can fill it as well.
 */
export interface Capacity {
  /** Begins it now, or keeps it until all that it needs is free at once. */
  request(ticket: Ticket): void;
  /** Gives back what the ticket holds, or takes it out of the queue; nothing happens when it has neither. */
  release(key: string): void;
  /** What a ticket waits for, and its place; null for one that does not wait. */
  wait(key: string): CapacityWait | null;
  /** Takes effect at once, also below what is held: then nothing more is given until enough has come back. @param limit null: no longer set */
  limitPermit(name: string, limit: number | null): void;
  /** Every permit that has a limit, is held or is waited for, by name. */
  permits(): readonly PermitUse[];
  /** Every pool, by name, also one that is not there but waited for. */
  pools(): readonly PoolUse[];
}

/** One attempt that wants to begin. */
export interface Ticket {
  /** Unique among those who wait or hold. */
  readonly key: string;
  /** Whose share it counts against. */
  readonly owner: string;
  readonly priority: Priority;
  /** It is of a backfill: others go first, and some slots are not for it. Its owner is one of backfills. */
  readonly isBackfill?: boolean;
  /** Where it takes a slot; null: nowhere, because it executes nothing. */
  readonly pool: string | null;
  /** One of each, all of them or none. Sorted, each once. */
  readonly permits: readonly string[];
  /** Limits of the runs around it, its own the last: it counts against each. */
  readonly places: readonly RunLimit[];
  /** Called when all of it is theirs, with what was missing last; they give it back with `release`. */
  readonly begin: (lacked: Taken["lacked"]) => void;
}

/** How many attempts of a run and of the runs within it may be under way. */
export interface RunLimit {
  readonly runId: string;
  readonly limit: number;
}

/** Why somebody waits. */
export interface CapacityWait {
  /** Everything that is not free, the slot last; empty in the instant before it begins. */
  readonly lacks: readonly Lack[];
  /** How many of the same owner come before it, of those who wait for the same. */
  readonly ahead: number;
  readonly owner: string;
  /** What the owner holds of the pool's slots, and what is its share while others want some too; 0 to 1. Null without a slot. */
  readonly share: { readonly used: number; readonly due: number } | null;
}

/** Something of which nothing is free. */
export type Lack =
  | { readonly kind: "slots"; readonly pool: string; readonly busy: number; readonly slots: number }
  /** There are free slots, but those that backfills may use are busy. */
  | { readonly kind: "backfill_slots"; readonly pool: string; readonly busy: number; readonly slots: number }
  /** The service has no such pool. */
  | { readonly kind: "pool"; readonly pool: string }
  /** Whoever waits for a place of its run does not queue for anything else yet. */
  | { readonly kind: "places"; readonly runId: string; readonly held: number; readonly limit: number }
  | {
      readonly kind: "permit";
      readonly permit: string;
      readonly held: number;
      readonly limit: number;
      /** False: nobody has set the limit, so that it is `UNSET_PERMIT_LIMIT`. */
      readonly isSet: boolean;
      /** True: what is free is kept for one who has waited longer, and needs more than this. */
      readonly isKept: boolean;
    };

export interface PermitUse {
  readonly name: string;
  readonly limit: number;
  readonly isSet: boolean;
  readonly held: number;
  readonly waiting: number;
}

export interface PoolUse {
  readonly name: string;
  /** 0 for one that is not there. */
  readonly slots: number;
  readonly busy: number;
  readonly waiting: number;
  /** Those who hold or wait, by name. */
  readonly owners: readonly { readonly owner: string; readonly busy: number; readonly waiting: number }[];
}

/** How many may hold a permit for which nobody has set a limit: a name that is misspelled shows, and overloads nothing. */
export const UNSET_PERMIT_LIMIT = 1;

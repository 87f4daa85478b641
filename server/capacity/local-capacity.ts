import type { Capacity, CapacityWait, Lack, PermitUse, PoolUse, Ticket } from "./capacity.js";
import type { Line, Waiting } from "./line.js";
import { Permits } from "./permits.js";
import { Pool } from "./pool.js";
import { RunPlaces, type Placeless } from "./run-places.js";

export interface LocalCapacityOptions {
  /** Slots of each pool, `default` among them. */
  readonly pools: Readonly<Record<string, number>>;
  readonly clock: { now(): number };
}

interface Holding {
  readonly ticket: Ticket;
  readonly beganAt: number;
}

/**
 * The capacity of this machine: slots in pools, shared by owners, and permits. Whoever waits is in a `Line` with those of its
 * owner that need the same; a line that finds a permit used up is parked with it until one comes free.
 *
 *   request → line of its share → (slot and permits free, its turn) → begin → release
 *                 ▲  └─ a permit is used up → parked ─┐
 *                 └──────── one comes free ───────────┘
 *
 * Deciding who is next costs O(log n) in owners and lines, and a permit that comes free O(1) for each line that waits for it;
 * neither grows with the tickets of a line.
 */
export class LocalCapacity implements Capacity {
  readonly #clock: LocalCapacityOptions["clock"];
  readonly #startedAt: number;
  readonly #pools: Map<string, Pool>;
  readonly #slotless = new Pool(null, Infinity);
  readonly #permits = new Permits();
  readonly #places = new RunPlaces();
  readonly #placeless = new Map<string, Placeless>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #holding = new Map<string, Holding>();
  #seq = 0;
  #lastNow = 0;

  constructor({ pools, clock }: LocalCapacityOptions) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#pools = new Map(Object.entries(pools).map(([name, slots]) => [name, new Pool(name, slots)]));
  }

  request(ticket: Ticket): void {
    this.#seq += 1;
    const placeless = this.#places.take(ticket, this.#seq);
    if (placeless === null) this.#queue(ticket, null);
    else this.#placeless.set(ticket.key, placeless);
  }

  release(key: string): void {
    const placeless = this.#placeless.get(key);
    if (placeless !== undefined && this.#placeless.delete(key)) this.#places.leave(placeless);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) this.#withdraw(waiting);
    const holding = this.#holding.get(key);
    if (holding !== undefined) this.#end(holding);
  }

  wait(key: string): CapacityWait | null {
    const placeless = this.#placeless.get(key);
    if (placeless !== undefined) return this.#waitForPlace(placeless);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return null;
    const pool = this.#poolOf(waiting.ticket);
    const { owner } = waiting.ticket;
    const lacks = [...this.#permits.lacking(waiting), ...lackingSlots(pool, waiting.ticket)];
    const ahead = pool
      .linesOf(owner)
      .filter((line) => wantsSame(line, lacks))
      .reduce((sum, line) => sum + line.countBefore(waiting), 0);
    return {
      lacks,
      ahead,
      owner,
      share: pool.slots > 0 && pool.name !== null ? pool.shareOf(waiting.ticket) : null,
    };
  }

  limitPermit(name: string, limit: number | null): void {
    this.#goOn(this.#permits.limit(name, limit));
  }

  permits(): readonly PermitUse[] {
    return this.#permits.describe();
  }

  pools(): readonly PoolUse[] {
    return [...this.#pools.values()]
      .map((pool) => pool.describe())
      .filter(({ slots, waiting }) => slots > 0 || waiting > 0)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  #queue(ticket: Ticket, lacked: Waiting["lacked"]): void {
    const pool = this.#poolOf(ticket);
    this.#seq += 1;
    this.#permits.enter(ticket.permits);
    const waiting = pool.add(ticket, { seq: this.#seq, now: this.#now() });
    waiting.lacked = lacked;
    this.#waiting.set(ticket.key, waiting);
    this.#admit(pool);
    if (this.#waiting.has(ticket.key)) waiting.lacked = this.#looksFor(waiting, pool);
  }

  /** Who does not begin though there is a slot has no permit, or stands behind others who have none. */
  #looksFor(waiting: Waiting, pool: Pool): Waiting["lacked"] {
    return pool.hasRoomFor(waiting.ticket) || this.#permits.firstLacking(waiting) !== null
      ? "permit"
      : "slot";
  }

  #waitForPlace(placeless: Placeless): CapacityWait {
    const { lack, ahead } = this.#places.describe(placeless);
    return { lacks: [lack], ahead, owner: placeless.ticket.owner, share: null };
  }

  #withdraw(waiting: Waiting): void {
    this.#waiting.delete(waiting.ticket.key);
    this.#poolOf(waiting.ticket).remove(waiting, this.#now());
    this.#goOn(this.#permits.leave(waiting));
    this.#giveBackPlaces(waiting.ticket);
  }

  #end({ ticket, beganAt }: Holding): void {
    const pool = this.#poolOf(ticket);
    this.#holding.delete(ticket.key);
    pool.end(ticket, { beganAt, now: this.#now() });
    this.#goOn(this.#permits.giveBack(ticket.permits));
    this.#admit(pool);
    this.#giveBackPlaces(ticket);
  }

  #giveBackPlaces({ places }: Ticket): void {
    for (const { ticket } of this.#places.giveBack(places)) {
      this.#placeless.delete(ticket.key);
      this.#queue(ticket, "place");
    }
  }

  /** A permit has come free for these. */
  #goOn(lines: readonly Line[]): void {
    const now = this.#now();
    for (const line of lines) this.#poolOf(line).review(line, now);
    for (const pool of new Set(lines.map((line) => this.#poolOf(line)))) this.#admit(pool);
  }

  #admit(pool: Pool): void {
    while (pool.hasFree) {
      const next = this.#nextKept(pool) ?? pool.next();
      if (next === null) return;
      // Where permits are kept for one of the line, nobody else of it can have them.
      const waiting = this.#permits.keeping.find(({ line }) => line === next.line) ?? next;
      const lacking = this.#permits.firstLacking(waiting);
      if (lacking === null) {
        this.#begin(pool, waiting);
        continue;
      }
      waiting.lacked = "permit";
      if (this.#permits.park(waiting.line, lacking)) pool.review(waiting.line, this.#now());
    }
  }

  /** Someone of the pool for whom the last of its permits was kept: it has waited long enough to go before its turn. */
  #nextKept(pool: Pool): Waiting | null {
    const { keeping } = this.#permits;
    const isReady = (one: Waiting): boolean =>
      one.ticket.pool === pool.name &&
      pool.hasRoomFor(one.ticket) &&
      this.#permits.firstLacking(one) === null;
    return keeping.find(isReady) ?? null;
  }

  #begin(pool: Pool, waiting: Waiting): void {
    const { ticket } = waiting;
    const now = this.#now();
    this.#waiting.delete(ticket.key);
    this.#holding.set(ticket.key, { ticket, beganAt: now });
    pool.begin(waiting, now);
    this.#permits.give(waiting);
    ticket.begin(waiting.lacked);
  }

  #poolOf({ pool }: Pick<Ticket, "pool">): Pool {
    if (pool === null) return this.#slotless;
    const known = this.#pools.get(pool);
    if (known !== undefined) return known;
    const missing = new Pool(pool, 0);
    this.#pools.set(pool, missing);
    return missing;
  }

  /** Milliseconds since the start; never back, whatever the clock of the machine does. */
  #now(): number {
    this.#lastNow = Math.max(this.#lastNow, this.#clock.now() - this.#startedAt);
    return this.#lastNow;
  }
}

function lackingSlots(pool: Pool, ticket: Ticket): readonly Lack[] {
  const { name, slots, busy, hasFree, backfillBusy, backfillSlots } = pool;
  if (name === null || pool.hasRoomFor(ticket)) return [];
  if (hasFree) return [{ kind: "backfill_slots", pool: name, busy: backfillBusy, slots: backfillSlots }];
  return slots === 0 ? [{ kind: "pool", pool: name }] : [{ kind: "slots", pool: name, busy, slots }];
}

/** Those who wait for the same permit; for a slot, all of the owner's in the pool. */
function wantsSame({ permits }: Line, lacks: readonly Lack[]): boolean {
  const lacking = lacks.flatMap((lack) => (lack.kind === "permit" ? [lack.permit] : []));
  return lacking.length === 0 || lacking.some((permit) => permits.includes(permit));
}

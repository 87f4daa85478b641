import type { PoolUse, Ticket } from "./capacity.js";
import { IndexedHeap } from "./indexed-heap.js";
import type { Line, Waiting } from "./line.js";
import { Share } from "./share.js";

/** While others wait too, of so many starts the last goes to backfills: they are slow then, but never stand still. */
export const BACKFILL_START_EVERY = 8;

/**
 * Slots, and those who want one. Between owners it is fair queueing: who holds fewest goes first, then who has used least
 * (virtual time), so that an owner who comes new waits for one attempt to end, whatever the others have queued. When the
 * others want nothing, one owner may have it all.
 *
 * Backfills have half of the slots at most, and of those what is left over: what they hold is given back only when an attempt ends, so
 * that with all slots they would hold up the runs of the day.
 */
export class Pool {
  readonly name: string | null;
  /** Endless for what takes no slot; 0 for a pool that is not there. */
  readonly slots: number;
  busy = 0;
  /** So many of the slots backfills may hold, all of them together. */
  readonly backfillSlots: number;
  backfillBusy = 0;
  readonly #shares = new Map<string, Share>();
  /** Shares of which somebody may be able to go on. */
  readonly #ready = new IndexedHeap<Share>((one, other) => one.isBefore(other));
  readonly #readyBackfills = new IndexedHeap<Share>((one, other) => one.isBefore(other));
  /** How often others began while a backfill could have. */
  #passedOver = 0;
  /** How much those had used who were given a slot: an owner that comes new starts from here. */
  #virtualTime = 0;

  constructor(name: string | null, slots: number) {
    this.name = name;
    this.slots = slots;
    this.backfillSlots = Math.max(1, Math.floor(slots / 2));
  }

  get hasFree(): boolean {
    return this.busy < this.slots;
  }

  /** Whether a slot is free that this one may have. */
  hasRoomFor({ isBackfill = false }: Pick<Ticket, "isBackfill">): boolean {
    return this.hasFree && (!isBackfill || this.#hasRoomForBackfills);
  }

  get #hasRoomForBackfills(): boolean {
    return this.backfillBusy < this.backfillSlots;
  }

  add(ticket: Ticket, { seq, now }: { readonly seq: number; readonly now: number }): Waiting {
    const line = this.#shareOf(ticket).lineFor(ticket);
    const waiting = line.add(ticket, seq);
    this.review(line, now);
    return waiting;
  }

  remove(waiting: Waiting, now: number): void {
    waiting.line.remove(waiting);
    this.review(waiting.line, now);
  }

  /** A line has changed, is parked, or may go on. */
  review(line: Line, now: number): void {
    const share = this.#shareOf(line);
    share.review(line);
    this.#place(share, now);
  }

  /** Who should have the next slot; null when nobody may go on. */
  next(): Waiting | null {
    const backfill = this.#hasRoomForBackfills ? this.#readyBackfills.first : null;
    const isDue = this.#passedOver >= BACKFILL_START_EVERY - 1;
    const share = isDue ? (backfill ?? this.#ready.first) : (this.#ready.first ?? backfill);
    return share?.next() ?? null;
  }

  /** Gives it the slot, and takes it out of its line. */
  begin(waiting: Waiting, now: number): void {
    const share = this.#shareOf(waiting.line);
    this.#count(share);
    this.#virtualTime = Math.max(this.#virtualTime, share.usedBy(now));
    this.busy += 1;
    share.begin(waiting, now);
    this.remove(waiting, now);
  }

  end(ticket: Ticket, { beganAt, now }: { readonly beganAt: number; readonly now: number }): void {
    const share = this.#shareOf(ticket);
    this.busy -= 1;
    if (share.isBackfill) this.backfillBusy -= 1;
    share.end(beganAt, now);
    this.#place(share, now);
  }

  /** What an owner holds of the slots, and what it is due while those who are here now all want more; 0 to 1. */
  shareOf(ticket: Ticket): { readonly used: number; readonly due: number } {
    const share = this.#shareOf(ticket);
    const alike = [...this.#shares.values()].filter(({ isBackfill }) => isBackfill === share.isBackfill);
    const slots = share.isBackfill ? this.backfillSlots : this.slots;
    return { used: share.held / this.slots, due: slots / this.slots / alike.length };
  }

  linesOf(owner: string): readonly Line[] {
    return this.#shares.get(owner)?.lines() ?? [];
  }

  describe(): PoolUse {
    const owners = [...this.#shares.values()]
      .map((share) => ({ owner: share.owner, busy: share.held, waiting: share.waiting }))
      .sort((one, other) => (one.owner < other.owner ? -1 : 1));
    const waiting = owners.reduce((sum, owner) => sum + owner.waiting, 0);
    return { name: this.name ?? "", slots: this.slots, busy: this.busy, waiting, owners };
  }

  #place(share: Share, now: number): void {
    const ready = share.isBackfill ? this.#readyBackfills : this.#ready;
    if (share.isIdle) this.#shares.delete(share.owner);
    if (!share.isReady) return ready.remove(share);
    if (!ready.has(share)) share.catchUp(this.#virtualTime, now);
    ready.set(share);
  }

  /** A share begins: whose turn it was, and whose it was not. */
  #count({ isBackfill }: Share): void {
    if (isBackfill) this.backfillBusy += 1;
    else if (this.#hasRoomForBackfills && this.#readyBackfills.first !== null) this.#passedOver += 1;
    if (isBackfill) this.#passedOver = 0;
  }

  #shareOf(ticket: Pick<Ticket, "owner" | "isBackfill">): Share {
    const known = this.#shares.get(ticket.owner);
    if (known !== undefined) return known;
    const share = new Share(ticket);
    this.#shares.set(ticket.owner, share);
    return share;
  }
}

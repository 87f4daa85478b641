import type { PoolUse, Ticket } from "./capacity.js";
import { IndexedHeap } from "./indexed-heap.js";
import type { Line, Waiting } from "./line.js";
import { Share } from "./share.js";

/**
 * Slots, and those who want one. Between owners it is fair queueing: who holds fewest goes first, then who has used least
 * (virtual time), so that an owner who comes new waits for one attempt to end, whatever the others have queued. When the
 * others want nothing, one owner may have it all.
 */
export class Pool {
  readonly name: string | null;
  /** Endless for what takes no slot; 0 for a pool that is not there. */
  readonly slots: number;
  busy = 0;
  readonly #shares = new Map<string, Share>();
  /** Shares of which somebody may be able to go on. */
  readonly #ready = new IndexedHeap<Share>((one, other) => one.isBefore(other));
  /** How much those had used who were given a slot: an owner that comes new starts from here. */
  #virtualTime = 0;

  constructor(name: string | null, slots: number) {
    this.name = name;
    this.slots = slots;
  }

  get hasFree(): boolean {
    return this.busy < this.slots;
  }

  add(ticket: Ticket, { seq, now }: { readonly seq: number; readonly now: number }): Waiting {
    const line = this.#shareOf(ticket.owner).lineFor(ticket);
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
    const share = this.#shareOf(line.owner);
    share.review(line);
    this.#place(share, now);
  }

  /** Who should have the next slot; null when nobody may go on. */
  next(): Waiting | null {
    return this.#ready.first?.next() ?? null;
  }

  /** Gives it the slot, and takes it out of its line. */
  begin(waiting: Waiting, now: number): void {
    const share = this.#shareOf(waiting.line.owner);
    this.#virtualTime = Math.max(this.#virtualTime, share.usedBy(now));
    this.busy += 1;
    share.begin(waiting, now);
    this.remove(waiting, now);
  }

  end(owner: string, { beganAt, now }: { readonly beganAt: number; readonly now: number }): void {
    const share = this.#shareOf(owner);
    this.busy -= 1;
    share.end(beganAt, now);
    this.#place(share, now);
  }

  /** What an owner holds of the slots, and what it is due while those who are here now all want more; 0 to 1. */
  shareOf(owner: string): { readonly used: number; readonly due: number } {
    return { used: this.#shareOf(owner).held / this.slots, due: 1 / this.#shares.size };
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
    if (share.isIdle) this.#shares.delete(share.owner);
    if (!share.isReady) return this.#ready.remove(share);
    if (!this.#ready.has(share)) share.catchUp(this.#virtualTime, now);
    this.#ready.set(share);
  }

  #shareOf(owner: string): Share {
    const known = this.#shares.get(owner);
    if (known !== undefined) return known;
    const share = new Share(owner);
    this.#shares.set(owner, share);
    return share;
  }
}

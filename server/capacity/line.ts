import type { Taken } from "@headwater/engine";
import type { Priority } from "@headwater/workflow";
import type { Ticket } from "./capacity.js";

/** The most urgent first. */
const PRIORITIES: readonly Priority[] = ["critical", "high", "normal", "low"];

/** A ticket in its line. */
export interface Waiting {
  readonly ticket: Ticket;
  readonly line: Line;
  /** Grows with each ticket: the older has the smaller. */
  readonly seq: number;
  /** What had been given of its permits when it was first refused one; null before. See `Permits`. */
  refusedAt: number | null;
  /** What it does not have, as far as anybody has looked: what it looked for last. */
  lacked: Taken["lacked"];
  before: Waiting | null;
  after: Waiting | null;
}

/** First in, first out. Linked, so that anyone can leave at no cost. */
interface Queue {
  first: Waiting | null;
  last: Waiting | null;
  size: number;
  /** The numbers of those who wait, in order, as far as somebody asked and nothing has changed since. */
  seqs: Float64Array | null;
}

/**
 * The tickets of one owner that need the same: one slot of a pool and the same permits. So either its first can begin or none
 * can, and to decide who is next costs as much with 50,000 tickets as with one.
 */
export class Line {
  readonly owner: string;
  readonly isBackfill: boolean;
  readonly pool: string | null;
  readonly permits: readonly string[];
  /** The permit of which nothing is free for it; null while it may be able to go on. */
  parkedOn: string | null = null;
  readonly #queues: readonly Queue[] = PRIORITIES.map(() => ({
    first: null,
    last: null,
    size: 0,
    seqs: null,
  }));

  constructor({
    owner,
    isBackfill = false,
    pool,
    permits,
  }: Omit<Ticket, "key" | "priority" | "places" | "begin">) {
    this.owner = owner;
    this.isBackfill = isBackfill;
    this.pool = pool;
    this.permits = permits;
  }

  get size(): number {
    return this.#queues.reduce((sum, { size }) => sum + size, 0);
  }

  /** Of the highest priority the oldest. */
  get best(): Waiting | null {
    return this.#queues.find(({ first }) => first !== null)?.first ?? null;
  }

  /** The oldest of all, whatever its priority. */
  get oldest(): Waiting | null {
    let oldest: Waiting | null = null;
    for (const { first } of this.#queues) {
      if (first !== null && (oldest === null || first.seq < oldest.seq)) oldest = first;
    }
    return oldest;
  }

  add(ticket: Ticket, seq: number): Waiting {
    const queue = this.#queueOf(ticket);
    const waiting: Waiting = {
      ticket,
      line: this,
      seq,
      refusedAt: null,
      lacked: null,
      before: queue.last,
      after: null,
    };
    if (queue.last === null) queue.first = waiting;
    else queue.last.after = waiting;
    queue.last = waiting;
    queue.size += 1;
    queue.seqs = null;
    return waiting;
  }

  remove(waiting: Waiting): void {
    const queue = this.#queueOf(waiting.ticket);
    const { before, after } = waiting;
    if (before === null) queue.first = after;
    else before.after = after;
    if (after === null) queue.last = before;
    else after.before = before;
    queue.size -= 1;
    queue.seqs = null;
  }

  /** How many of this line come before one of any line of the owner. */
  countBefore({ ticket, seq }: Waiting): number {
    const rank = rankOf(ticket);
    const higher = this.#queues.slice(0, rank).reduce((sum, { size }) => sum + size, 0);
    const queue = this.#queueOf(ticket);
    return higher + countBelow((queue.seqs ??= seqsOf(queue)), seq);
  }

  #queueOf(ticket: Ticket): Queue {
    // There is one for each priority.
    return this.#queues[rankOf(ticket)] as Queue;
  }
}

/** Whether the higher priority, and then the greater age, puts one before the other. */
export function comesBefore(one: Waiting | null, other: Waiting | null): boolean {
  if (one === null || other === null) return one !== null;
  const ranks = rankOf(one.ticket) - rankOf(other.ticket);
  return ranks === 0 ? one.seq < other.seq : ranks < 0;
}

function rankOf({ priority }: Ticket): number {
  return PRIORITIES.indexOf(priority);
}

function seqsOf(queue: Queue): Float64Array {
  const seqs = new Float64Array(queue.size);
  let index = 0;
  for (let at = queue.first; at !== null; at = at.after) seqs[index++] = at.seq;
  return seqs;
}

/** In an ordered list, by halves. */
function countBelow(ordered: Float64Array, value: number): number {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ordered[middle] ?? Infinity) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

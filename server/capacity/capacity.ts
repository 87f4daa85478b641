import type { Priority } from "@headwater/workflow";

/** One attempt that wants a worker slot. */
export interface Ticket {
  /** Unique among those who wait or hold. */
  readonly key: string;
  readonly priority: Priority;
  /** Called when the slot is theirs; they give it back with `release`. */
  readonly begin: () => void;
}

const ORDER: readonly Priority[] = ["critical", "high", "normal", "low"];

/**
 * The slots of this machine: at most `slots` attempts at once, the higher priority first, then first come, first served.
 * Whoever waits can be told why. (Shares between owners and permits will join here.)
 */
export class Capacity {
  readonly #slots: number;
  readonly #holding = new Set<string>();
  readonly #waiting: ReadonlyMap<Priority, Map<string, Ticket>> = new Map(
    ORDER.map((priority) => [priority, new Map()]),
  );

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** Takes a slot now or queues for one. */
  request(ticket: Ticket): void {
    this.#waiting.get(ticket.priority)?.set(ticket.key, ticket);
    this.#admit();
  }

  /** Gives a slot back, or leaves the queue; nothing happens when the key has neither. */
  release(key: string): void {
    for (const queue of this.#waiting.values()) queue.delete(key);
    if (this.#holding.delete(key)) this.#admit();
  }

  /** In words, or null for a key that does not wait: `waits for a worker: 8 of 8 busy, 14 ahead`. */
  reason(key: string): string | null {
    let ahead = 0;
    for (const priority of ORDER) {
      const queue = this.#waiting.get(priority);
      if (queue === undefined) continue;
      if (!queue.has(key)) {
        ahead += queue.size;
        continue;
      }
      for (const other of queue.keys()) {
        if (other === key)
          return `waits for a worker: ${this.#holding.size} of ${this.#slots} busy, ${ahead} ahead`;
        ahead += 1;
      }
    }
    return null;
  }

  #admit(): void {
    while (this.#holding.size < this.#slots) {
      const ticket = this.#takeNext();
      if (ticket === null) return;
      this.#holding.add(ticket.key);
      ticket.begin();
    }
  }

  #takeNext(): Ticket | null {
    for (const priority of ORDER) {
      const queue = this.#waiting.get(priority);
      for (const [key, ticket] of queue ?? []) {
        queue?.delete(key);
        return ticket;
      }
    }
    return null;
  }
}

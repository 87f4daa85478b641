import type { Lack, RunLimit, Ticket } from "./capacity.js";
import { IndexedHeap } from "./indexed-heap.js";

/** The places of one run with all runs within it. */
interface Run {
  readonly limit: number;
  held: number;
  /** Those who found all places of this run taken, the oldest first. */
  readonly waiting: IndexedHeap<Placeless>;
}

/** A ticket that has no place yet. */
export interface Placeless {
  readonly ticket: Ticket;
  readonly seq: number;
  /** The run whose places are all taken. */
  lacking: string;
}

/**
 * How many attempts of a whole run may be under way, those of the runs within it included. A ticket takes a place in its own
 * run and in every run around it, all at once, before it queues for anything else; so a place is never waited for by one who
 * holds a slot or a permit. Among those who wait within the same run the oldest goes first.
 */
export class RunPlaces {
  readonly #runs = new Map<string, Run>();

  /** @returns null when the ticket has its places; otherwise it waits, and is answered by `giveBack` one day */
  take(ticket: Ticket, seq: number): Placeless | null {
    const lacking = this.#firstFull(ticket.places);
    if (lacking === null) {
      this.#hold(ticket.places);
      return null;
    }
    const placeless = { ticket, seq, lacking };
    this.#run(lacking, ticket.places).waiting.set(placeless);
    return placeless;
  }

  /** It waits no longer. */
  leave(placeless: Placeless): void {
    this.#runs.get(placeless.lacking)?.waiting.remove(placeless);
    this.#forgetUnused(placeless.ticket.places);
  }

  /** @returns those who have their places now */
  giveBack(places: readonly RunLimit[]): readonly Placeless[] {
    for (const { runId } of places) {
      const run = this.#runs.get(runId);
      if (run !== undefined) run.held -= 1;
    }
    const placed: Placeless[] = [];
    for (let next = this.#oldest(places); next !== null; next = this.#oldest(places)) {
      if (this.#place(next)) placed.push(next);
    }
    this.#forgetUnused(places);
    return placed;
  }

  /** What it waits for, and how many come before it. */
  describe({ lacking, ticket, seq }: Placeless): { readonly lack: Lack; readonly ahead: number } {
    const { held, limit, waiting } = this.#run(lacking, ticket.places);
    const ahead = waiting.items().filter((other) => other.seq < seq).length;
    return { lack: { kind: "places", runId: lacking, held, limit }, ahead };
  }

  /** Takes its places, or lets it wait where there is none: another run around it. */
  #place(placeless: Placeless): boolean {
    const { places } = placeless.ticket;
    this.#runs.get(placeless.lacking)?.waiting.remove(placeless);
    const lacking = this.#firstFull(places);
    if (lacking === null) {
      this.#hold(places);
      return true;
    }
    placeless.lacking = lacking;
    this.#run(lacking, places).waiting.set(placeless);
    return false;
  }

  /** Of those who wait for one of these runs that has a place, the oldest. */
  #oldest(places: readonly RunLimit[]): Placeless | null {
    let oldest: Placeless | null = null;
    for (const { runId } of places) {
      const run = this.#runs.get(runId);
      const first = run === undefined || run.held >= run.limit ? null : run.waiting.first;
      if (first !== null && (oldest === null || first.seq < oldest.seq)) oldest = first;
    }
    return oldest;
  }

  #firstFull(places: readonly RunLimit[]): string | null {
    const full = places.find(({ runId, limit }) => (this.#runs.get(runId)?.held ?? 0) >= limit);
    return full?.runId ?? null;
  }

  #hold(places: readonly RunLimit[]): void {
    for (const { runId } of places) this.#run(runId, places).held += 1;
  }

  #run(runId: string, places: readonly RunLimit[]): Run {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const limit = places.find((place) => place.runId === runId)?.limit ?? Infinity;
    const run = { limit, held: 0, waiting: new IndexedHeap<Placeless>((one, other) => one.seq < other.seq) };
    this.#runs.set(runId, run);
    return run;
  }

  #forgetUnused(places: readonly RunLimit[]): void {
    for (const { runId } of places) {
      const run = this.#runs.get(runId);
      if (run?.held === 0 && run.waiting.first === null) this.#runs.delete(runId);
    }
  }
}

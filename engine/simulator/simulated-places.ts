/** The places of one run with `max_parallel_steps`, which the runs within it take too. */
export interface RunPlaces {
  readonly limit: number;
  taken: number;
}

interface Ticket {
  readonly places: readonly RunPlaces[];
  readonly begin: () => void;
}

/**
 * How many attempts may be under way at once in runs and the runs within them, as the service has it: an attempt takes a place in
 * its own run and in each around it, or waits; the oldest that fits goes first.
 */
export class SimulatedPlaces {
  readonly #waiting = new Map<string, Ticket>();
  readonly #held = new Map<string, readonly RunPlaces[]>();

  /** Begins at once where nothing limits it. `name` is that of the attempt in the whole simulation. */
  take(name: string, { places, begin }: Ticket): void {
    if (places.length === 0) return begin();
    this.#waiting.set(name, { places, begin });
    this.#fill();
  }

  /** The attempt has ended, or no longer waits; nothing for one that has no place. */
  free(name: string): void {
    this.#waiting.delete(name);
    const held = this.#held.get(name);
    if (held === undefined) return;
    this.#held.delete(name);
    for (const run of held) run.taken -= 1;
    this.#fill();
  }

  #fill(): void {
    for (const [name, { places, begin }] of this.#waiting) {
      if (places.some(({ limit, taken }) => taken >= limit)) continue;
      this.#waiting.delete(name);
      this.#held.set(name, places);
      for (const run of places) run.taken += 1;
      begin();
    }
  }
}

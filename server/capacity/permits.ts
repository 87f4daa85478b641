import { UNSET_PERMIT_LIMIT, type Lack, type PermitUse } from "./capacity.js";
import type { Line, Waiting } from "./line.js";

/** Somebody who is passed over so often, and twice more for each line that waits for the same, has one kept for it. */
const KEEP_AFTER = 8;

interface Permit {
  /** Null while nobody has set it. */
  limit: number | null;
  held: number;
  waiting: number;
  /** How many were given, ever. */
  given: number;
  /** Lines that found nothing free. */
  readonly parked: Set<Line>;
}

/**
 * Counted limits on named things. A ticket takes one of each of its permits at once, or none: nobody holds one while it waits
 * for another, so there is no deadlock. That alone would starve who needs several, so whoever has been passed over
 * long enough has the next one that comes free kept for it, the oldest first, until all of its permits are there.
 */
export class Permits {
  readonly #permits = new Map<string, Permit>();
  /** For whom permits are kept, the oldest first. At most one of each line. */
  #keeping: readonly Waiting[] = [];

  /** For whom permits are kept, the oldest first. */
  get keeping(): readonly Waiting[] {
    return this.#keeping;
  }

  /** @returns the lines that may be able to go on now */
  limit(name: string, limit: number | null): readonly Line[] {
    const permit = this.#permit(name);
    permit.limit = limit;
    if (limitOf(permit) > 0) return this.#wake([name]);
    // Nothing is kept for what cannot come.
    const lost = this.#keeping.filter(({ ticket }) => ticket.permits.includes(name));
    return lost.flatMap((waiting) => this.#letGo(waiting));
  }

  /** Somebody waits for these. */
  enter(names: readonly string[]): void {
    for (const name of names) this.#permit(name).waiting += 1;
  }

  /** It waits no longer; what was kept for it is for others. @returns the lines that may be able to go on now */
  leave(waiting: Waiting): readonly Line[] {
    for (const name of waiting.ticket.permits) this.#permit(name).waiting -= 1;
    if (waiting.line.best === null) this.#unpark(waiting.line);
    return this.#keeping.includes(waiting) ? this.#letGo(waiting) : [];
  }

  /** It waits no longer, since it has them all. What was kept for it is what it takes, so nobody else can go on by that. */
  give(waiting: Waiting): void {
    this.#keeping = this.#keeping.filter((one) => one !== waiting);
    if (waiting.line.best === null) this.#unpark(waiting.line);
    for (const name of waiting.ticket.permits) {
      const permit = this.#permit(name);
      permit.waiting -= 1;
      permit.held += 1;
      permit.given += 1;
    }
  }

  /** @returns the lines that may be able to go on now */
  giveBack(names: readonly string[]): readonly Line[] {
    for (const name of names) this.#permit(name).held -= 1;
    return this.#wake(names);
  }

  /** The first permit of which nothing is free for it; null when it may have all. */
  firstLacking(waiting: Waiting): string | null {
    return waiting.ticket.permits.find((name) => this.#freeFor(waiting, name) <= 0) ?? null;
  }

  /** Everything of which nothing is free for it. */
  lacking(waiting: Waiting): readonly Lack[] {
    return waiting.ticket.permits
      .filter((name) => this.#freeFor(waiting, name) <= 0)
      .map((name) => {
        const permit = this.#permit(name);
        const limit = limitOf(permit);
        const isKept = permit.held < limit;
        return {
          kind: "permit",
          permit: name,
          held: permit.held,
          limit,
          isSet: permit.limit !== null,
          isKept,
        };
      });
  }

  /**
   * Lets a line wait until one of that permit comes free. False when its oldest has been passed over too often: from now on
   * permits are kept for it, so that what it lacks has to be looked at anew.
   */
  park(line: Line, name: string): boolean {
    const { parked } = this.#permit(name);
    const waiting = line.oldest;
    if (waiting !== null && this.#isPassedOver(waiting, KEEP_AFTER + 2 * parked.size)) {
      this.#keeping = [...this.#keeping, waiting].sort((one, other) => one.seq - other.seq);
      return false;
    }
    line.parkedOn = name;
    parked.add(line);
    return true;
  }

  describe(): readonly PermitUse[] {
    return [...this.#permits]
      .filter(([, { limit, held, waiting }]) => limit !== null || held > 0 || waiting > 0)
      .map(([name, permit]) => {
        const { limit, held, waiting } = permit;
        return { name, limit: limitOf(permit), isSet: limit !== null, held, waiting };
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Counts what others were given of its permits since it was first refused one. Nothing is kept for what cannot come. */
  #isPassedOver(waiting: Waiting, times: number): boolean {
    const { permits } = waiting.ticket;
    const given = permits.reduce((sum, name) => sum + this.#permit(name).given, 0);
    waiting.refusedAt ??= given;
    if (given - waiting.refusedAt < times || this.#keeping.includes(waiting)) return false;
    return permits.every((name) => limitOf(this.#permit(name)) > 0);
  }

  #letGo(waiting: Waiting): readonly Line[] {
    this.#keeping = this.#keeping.filter((one) => one !== waiting);
    return this.#wake(waiting.ticket.permits);
  }

  /** What others have kept for them is not free; of those, only the older ones count for one of them. */
  #freeFor(waiting: Waiting, name: string): number {
    const { held, ...permit } = this.#permit(name);
    const isKeeping = this.#keeping.includes(waiting);
    const kept = this.#keeping.filter(
      (other) =>
        other !== waiting && other.ticket.permits.includes(name) && (!isKeeping || other.seq < waiting.seq),
    );
    return limitOf(permit) - held - kept.length;
  }

  #wake(names: readonly string[]): readonly Line[] {
    const woken = names.flatMap((name) => [...this.#permit(name).parked]);
    for (const line of woken) this.#unpark(line);
    return woken;
  }

  #unpark(line: Line): void {
    if (line.parkedOn === null) return;
    this.#permit(line.parkedOn).parked.delete(line);
    line.parkedOn = null;
  }

  #permit(name: string): Permit {
    const known = this.#permits.get(name);
    if (known !== undefined) return known;
    const permit = { limit: null, held: 0, waiting: 0, given: 0, parked: new Set<Line>() };
    this.#permits.set(name, permit);
    return permit;
  }
}

function limitOf({ limit }: Pick<Permit, "limit">): number {
  return limit ?? UNSET_PERMIT_LIMIT;
}

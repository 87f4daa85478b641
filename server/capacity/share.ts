import { IndexedHeap } from "./indexed-heap.js";
import { comesBefore, Line, type Waiting } from "./line.js";
import type { Ticket } from "./capacity.js";

/** Of so many starts that pass over an older ticket for the sake of priority, the last goes to the oldest instead. */
export const AGED_START_EVERY = 4;

/**
 * What one owner has of a pool: what it holds, what it has used, and who of its own is next. Inside a share the higher
 * priority goes first, but every fourth start goes to the one that has waited longest, so that nothing starves. (Were it the
 * time of waiting alone that raised a priority, priorities would mean nothing in a backlog that is older than that.)
 */
export class Share {
  readonly owner: string;
  readonly isBackfill: boolean;
  /** Slots that it holds now. */
  held = 0;
  /** Slot-milliseconds used by attempts that have ended. */
  #used = 0;
  /** The instants at which what it holds began, summed. */
  #began = 0;
  #passedOver = 0;
  readonly #lines = new Map<string, Line>();
  readonly #byRank = new IndexedHeap<Line>((one, other) => comesBefore(one.best, other.best));
  readonly #byAge = new IndexedHeap<Line>((one, other) => ageOf(one) < ageOf(other));

  constructor({ owner, isBackfill = false }: Pick<Ticket, "owner" | "isBackfill">) {
    this.owner = owner;
    this.isBackfill = isBackfill;
  }

  get waiting(): number {
    return this.lines().reduce((sum, { size }) => sum + size, 0);
  }

  /** Whether any of its lines may be able to go on. */
  get isReady(): boolean {
    return this.#byRank.first !== null;
  }

  /** Nothing held, nobody waits. */
  get isIdle(): boolean {
    return this.held === 0 && this.#lines.size === 0;
  }

  lines(): readonly Line[] {
    return [...this.#lines.values()];
  }

  /** The line for tickets that need the same. */
  lineFor(ticket: Ticket): Line {
    const name = ticket.permits.join();
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const line = new Line(ticket);
    this.#lines.set(name, line);
    return line;
  }

  /** Who or what waits in a line has changed. */
  review(line: Line): void {
    if (line.best === null) this.#lines.delete(line.permits.join());
    if (line.best === null || line.parkedOn !== null) {
      this.#byRank.remove(line);
      this.#byAge.remove(line);
    } else {
      this.#byRank.set(line);
      this.#byAge.set(line);
    }
  }

  /** Who of the owner's should begin next; null when no line may go on. */
  next(): Waiting | null {
    const isAged = this.#passedOver >= AGED_START_EVERY - 1;
    return isAged ? (this.#byAge.first?.oldest ?? null) : (this.#byRank.first?.best ?? null);
  }

  /** One of its tickets begins; it is still in its line. */
  begin(waiting: Waiting, now: number): void {
    const oldest = this.#byAge.first?.oldest ?? null;
    if (oldest === null || waiting.seq <= oldest.seq) this.#passedOver = 0;
    else this.#passedOver += 1;
    this.held += 1;
    this.#began += now;
  }

  end(beganAt: number, now: number): void {
    this.held -= 1;
    this.#began -= beganAt;
    this.#used += now - beganAt;
  }

  /** Slot-milliseconds used until now: its virtual time, since all owners weigh the same. */
  usedBy(now: number): number {
    return this.#used + this.held * now - this.#began;
  }

  /** Who has asked for nothing has saved nothing: from here on it is no further behind than that. */
  catchUp(virtualTime: number, now: number): void {
    this.#used += Math.max(0, virtualTime - this.usedBy(now));
  }

  /** Who holds less goes first; of those that hold equally much, who has used less. */
  isBefore(other: Share): boolean {
    if (this.held !== other.held) return this.held < other.held;
    // `usedBy` of both grows at one pace while they hold equally much, so that this order stays as time goes on.
    const [mine, theirs] = [this.#used - this.#began, other.#used - other.#began];
    return mine === theirs ? ageOfNext(this) < ageOfNext(other) : mine < theirs;
  }
}

function ageOf(line: Line): number {
  return line.oldest?.seq ?? Infinity;
}

function ageOfNext(share: Share): number {
  return share.next()?.seq ?? Infinity;
}

import type { Timer } from "./timer.js";

/** Looks no later than after this: timers stand still while a machine sleeps, and take no longer times than some weeks. */
const LOOK_MS = 60_000;
/** Of a schedule of each second nobody wants to see each fire. */
const OUTDATED_EVERY_MS = 5000;

/** The fires of schedules that a client shows as the next ones: once the first of them is past it has to ask again. */
export class ToldFires {
  readonly #timer: Timer;
  readonly #outdated: () => void;
  #firstMs = Number.POSITIVE_INFINITY;
  #outdatedAt = 0;
  #cancel: () => void = () => undefined;

  /** @param outdated called when something that was told is past; then nothing counts as told */
  constructor(timer: Timer, outdated: () => void) {
    this.#timer = timer;
    this.#outdated = outdated;
  }

  /** A client was told of a fire, epoch milliseconds; null: of none. */
  told(atMs: number | null): void {
    if (atMs === null || atMs >= this.#firstMs) return;
    this.#firstMs = Math.max(atMs, this.#outdatedAt + OUTDATED_EVERY_MS);
    this.#look();
  }

  #look(): void {
    this.#cancel();
    const leftMs = this.#firstMs - this.#timer.nowMs();
    if (leftMs > 0) {
      this.#cancel = this.#timer.after(Math.min(leftMs, LOOK_MS), () => this.#look());
      return;
    }
    this.#firstMs = Number.POSITIVE_INFINITY;
    this.#outdatedAt = this.#timer.nowMs();
    this.#outdated();
  }
}

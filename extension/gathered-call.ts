import type { Clock } from "./clock.js";

interface Options {
  readonly clock: Clock;
  /** How much is gathered, milliseconds. */
  readonly delayMs: number;
  /** Rejects never. */
  readonly call: () => Promise<void> | void;
}

/**
 * Does something once for all that happens within a time, one after the other. However much happens: what is due is not put off, or
 * whatever it shows would stand still just while something happens.
 */
export class GatheredCall {
  readonly #options: Options;
  /** What cancels the next one; null while none is due. */
  #cancel: (() => void) | null = null;
  #isUnderWay = false;
  /** Something happened while it was done. */
  #isOutdated = false;
  #isStopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Something happened. */
  soon(): void {
    if (this.#isStopped || this.#cancel !== null) return;
    if (this.#isUnderWay) {
      this.#isOutdated = true;
      return;
    }
    const { clock, delayMs } = this.#options;
    this.#cancel = clock.after(delayMs, () => void this.now());
  }

  /** Somebody waits for it: at once, or, while it is under way, once more after that. */
  async now(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#isUnderWay) {
      this.#isOutdated = true;
      return;
    }
    this.#isUnderWay = true;
    try {
      await this.#options.call();
    } finally {
      this.#isUnderWay = false;
    }
    if (this.#isOutdated) {
      this.#isOutdated = false;
      this.soon();
    }
  }

  /** Nothing more is done. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }
}

import { statSync } from "node:fs";
import { compressLog } from "./compressed-log.js";

/** A smaller log would save no more than a few blocks of the disk. */
const SMALLEST_BYTES = 16 * 1024;
const MOST_WAITING = 10_000;

/**
 * Compresses logs that are finished, one after the other, beside everything else. A log that does not get its turn, because too
 * many wait, the service ends or the disk is full, stays as it is: readers know both forms.
 */
export class LogCompressor {
  readonly #waiting: string[] = [];
  #working: Promise<void> | null = null;

  /** The log of an attempt that has ended; it may be short, or not exist. */
  add(file: string): void {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size < SMALLEST_BYTES || this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push(file);
    this.#working ??= this.#work();
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Finishes the one that it is at; idempotent. */
  async stop(): Promise<void> {
    this.#waiting.length = 0;
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let file = this.#waiting.shift(); file !== undefined; file = this.#waiting.shift()) {
      // Removed meanwhile, or no room for the second form: the first is as good.
      await compressLog(file).catch(() => undefined);
    }
    this.#working = null;
  }
}

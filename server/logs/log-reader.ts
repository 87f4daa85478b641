import { statSync } from "node:fs";
import { compressedLogOf } from "./compressed-log.js";
import { readLog, type LogPage, type LogRange } from "./read-log.js";

/** What nobody has asked for lately: a page may take a megabyte. */
const MOST_PAGES = 32;

interface RememberedPage {
  /** Which file it is from and how long that was: a log only grows, so the same length is the same log. */
  readonly state: string;
  readonly page: Promise<LogPage>;
}

/** Reads logs for many at once: whoever follows the same log gets the same page, which is read again only when the log has grown. */
export class LogReader {
  readonly #read: typeof readLog;
  /** The one that was asked for least lately first. */
  readonly #pages = new Map<string, RememberedPage>();

  constructor(read = readLog) {
    this.#read = read;
  }

  /** As `readLog` does at this moment. */
  read(file: string, range: LogRange): Promise<LogPage> {
    const key = `${JSON.stringify(range)} ${file}`;
    const state = stateOf(file) ?? stateOf(compressedLogOf(file)) ?? "none";
    const remembered = this.#pages.get(key);
    this.#pages.delete(key);
    const current = remembered?.state === state ? remembered : { state, page: this.#read(file, range) };
    this.#pages.set(key, current);
    // A reading that failed is tried again by the next who asks.
    if (current !== remembered) current.page.catch(() => this.#pages.delete(key));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    return current.page;
  }
}

/** A look on the spot takes microseconds; a thread's answer would take longer than that to come. */
function stateOf(file: string): string | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.ino} ${stats.size}`;
}

import { watch, type FSWatcher } from "node:fs";
import type { Clock } from "../clock.js";
import { readLog, type LogPage } from "./read-log.js";

export interface FollowLogOptions {
  readonly clock: Clock;
  /** Bytes from the beginning; 0 for all. */
  readonly offset: number;
  /** Aborted when the attempt has ended: what is there is still given, then the iteration ends. */
  readonly ended: AbortSignal;
  /** Aborted when nobody reads any more: the iteration ends at once. */
  readonly stop: AbortSignal;
}

const PAGE_LINES = 1000;
/** Where the file system tells nothing (network folders, a file that does not exist yet), the file is looked at so often. */
const POLL_MS = 500;

/**
 * Follows a growing log, which may not exist yet.
 * @yields a page of complete lines, as soon as it is there
 */
export async function* followLog(
  file: string,
  options: FollowLogOptions,
): AsyncGenerator<LogPage, void, undefined> {
  const wake = new LogWake(file, options);
  let { offset } = options;
  try {
    while (!options.stop.aborted) {
      // Asked before reading: what was written before the end is then surely read.
      const isLast = options.ended.aborted;
      const page = await readLog(file, { offset, limit: PAGE_LINES });
      offset = page.nextOffset;
      if (page.lines.length > 0) yield page;
      else if (isLast) return;
      else await wake.next();
    }
  } finally {
    wake.dispose();
  }
}

/** Tells when reading again may be worth while: the file changed, some time passed, or the attempt ended. */
class LogWake {
  readonly #file: string;
  readonly #options: FollowLogOptions;
  readonly #onAbort = (): void => this.#ring();
  #watcher: FSWatcher | null = null;
  #hasRung = false;
  #resolve: () => void = () => undefined;

  constructor(file: string, options: FollowLogOptions) {
    this.#file = file;
    this.#options = options;
    options.ended.addEventListener("abort", this.#onAbort);
    options.stop.addEventListener("abort", this.#onAbort);
  }

  /** Resolves at once when it rang since the last call. */
  async next(): Promise<void> {
    const { clock, ended, stop } = this.#options;
    this.#watcher ??= this.#startWatching();
    const isEnding = ended.aborted || stop.aborted;
    if (!this.#hasRung && !isEnding) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(POLL_MS, resolve);
        this.#resolve = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#hasRung = false;
  }

  dispose(): void {
    this.#watcher?.close();
    this.#options.ended.removeEventListener("abort", this.#onAbort);
    this.#options.stop.removeEventListener("abort", this.#onAbort);
  }

  #startWatching(): FSWatcher | null {
    try {
      const watcher = watch(this.#file, { persistent: false }, () => this.#ring());
      watcher.on("error", () => watcher.close());
      // Something may have been written between the last look and the watch.
      this.#hasRung = true;
      return watcher;
    } catch {
      // Not there yet, or too many watches: the polling goes on.
      return null;
    }
  }

  #ring(): void {
    this.#hasRung = true;
    this.#resolve();
  }
}

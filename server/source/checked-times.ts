import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { Store } from "../store/store.js";

/** Checks that found nothing new are written down this often, those of all repositories at once: each write costs a sync of the disk. */
const SAVE_MS = 60_000;

export interface CheckedTimesOptions {
  readonly store: Pick<Store, "saveCheckedTimes">;
  readonly clock: Clock;
  readonly log: Log;
  readonly feed: Pick<ChangeFeed, "publish">;
}

/** When repositories were last checked, where nothing else of them is to be written. A crash forgets the last minute of it. */
export class CheckedTimes {
  readonly #options: CheckedTimesOptions;
  #waiting = new Map<string, number>();
  #savedAt = -Infinity;
  #cancelTimer: (() => void) | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: CheckedTimesOptions) {
    this.#options = options;
  }

  note(repositoryId: string, checkedAt: number): void {
    const { clock } = this.#options;
    this.#waiting.set(repositoryId, checkedAt);
    const waitMs = this.#savedAt + SAVE_MS - clock.now();
    if (waitMs <= 0) this.#save();
    else this.#cancelTimer ??= clock.after(waitMs, () => this.#save());
  }

  /** What is written of it now is newer. */
  forget(repositoryId: string): void {
    this.#waiting.delete(repositoryId);
  }

  /** Waits until all is written. */
  async stop(): Promise<void> {
    this.#save();
    await this.#saving;
  }

  #save(): void {
    const { store, clock, log, feed } = this.#options;
    const times = this.#waiting;
    this.#waiting = new Map();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#savedAt = clock.now();
    if (times.size === 0) return;
    this.#saving = store.saveCheckedTimes(times).then(
      () => feed.publish([...times.keys()].map((repositoryId) => ({ kind: "repository", repositoryId }))),
      (error: unknown) => log.warn("Cannot record when repositories were checked", { reason: String(error) }),
    );
  }
}

import { callAt, type Clock } from "./clock.js";
import type { Log } from "./log.js";

export interface LoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** One round of work; answers when the next one is due (epoch ms), or null to wait for a wake. */
  readonly round: () => Promise<number | null>;
}

const RETRY_MS = 1000;

/** Runs rounds one at a time: when one is due, or when somebody wakes it. A round that fails is logged and tried again. */
export class Loop {
  readonly #options: LoopOptions;
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#again) this.wake();
    });
  }

  /** Idempotent; waits for the round under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again = false;
    this.#cancelTimer?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      this.#cancelTimer?.();
      const dueAt = await this.#round();
      if (dueAt === null || this.#stopped) continue;
      this.#cancelTimer = callAt(this.#options.clock, dueAt, () => this.wake());
    }
  }

  async #round(): Promise<number | null> {
    try {
      return await this.#options.round();
    } catch (error) {
      this.#options.log.error(`${this.#options.name}: a round failed and is tried again`, {
        error: String(error),
      });
      return this.#options.clock.now() + RETRY_MS;
    }
  }
}

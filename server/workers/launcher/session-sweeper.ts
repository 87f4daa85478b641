import type { ProcessSession } from "./process-session.js";

/** How long what an attempt has left in its background may go on: looking for it costs too much to do it at every end. */
const SWEEP_MS = 1000;

interface Leftover {
  readonly session: ProcessSession;
  readonly killAfterMs: number;
}

/** Ends what is left of sessions whose first group has ended by itself; once a second, all of them together. */
export class SessionSweeper {
  #leftovers: Leftover[] = [];
  #timer: NodeJS.Timeout | null = null;

  add(session: ProcessSession, killAfterMs: number): void {
    this.#leftovers.push({ session, killAfterMs });
    this.#timer ??= setTimeout(() => void this.sweep(Number.POSITIVE_INFINITY), SWEEP_MS);
  }

  /** Resolves when they are gone. @param patienceMs from SIGTERM to SIGKILL at most */
  async sweep(patienceMs: number): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const leftovers = this.#leftovers;
    this.#leftovers = [];
    await Promise.all(
      leftovers.map(({ session, killAfterMs }) => session.end(Math.min(killAfterMs, patienceMs))),
    );
  }
}

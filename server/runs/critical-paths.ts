import { TimeTrace, criticalPathOf, decide } from "@headwater/engine";
import type { CriticalPath } from "@headwater/engine";
import type { Clock } from "../clock.js";
import type { RunRow, Store } from "../store/store.js";
import type { RunLoader } from "./run-loader.js";

export interface CriticalPathsOptions {
  readonly store: Pick<Store, "listJournal">;
  readonly loader: Pick<RunLoader, "loadBeginning">;
  readonly clock: Clock;
}

/** So many entries are replayed in one go: others have their turn after each. */
const PAGE = 500;

/**
 * Where the time of runs went, found by playing their journals through the engine once more. One run after the other, a little at a
 * time, so that a long journal holds up nobody but who asks.
 */
export class CriticalPaths {
  readonly #options: CriticalPathsOptions;
  #underWay: Promise<unknown> = Promise.resolve();

  constructor(options: CriticalPathsOptions) {
    this.#options = options;
  }

  /** @throws ServiceError internal when its journal cannot be replayed, or its version is not there */
  read(row: RunRow): Promise<CriticalPath> {
    const read = this.#underWay.then(() => this.#read(row));
    this.#underWay = read.catch(() => undefined);
    return read;
  }

  async #read(row: RunRow): Promise<CriticalPath> {
    const { store, loader, clock } = this.#options;
    const state = await loader.loadBeginning(row);
    const trace = new TimeTrace(row.createdAt);
    for (let after = 0; ;) {
      const entries = await store.listJournal(row.id, { after, limit: PAGE });
      for (const entry of entries) trace.note(state, entry, decide(state, entry.event, entry.at));
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) break;
      after = last.seq;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const scheduledAt = row.trigger.kind === "schedule" ? row.scheduledAt : null;
    return criticalPathOf(trace, state, { now: clock.now(), scheduledAt });
  }
}

import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { RunRow, Store } from "../store/store.js";
import type { Dispatcher } from "./dispatcher.js";
import { failRun, givenUpReason, readOpenSteps } from "./failed-run.js";
import type { LiveRun } from "./live-run.js";
import { changesOf, type RunChange } from "./run-changes.js";
import type { RunWaits } from "./run-waits.js";
import type { Turns } from "./turns.js";

export interface GivingUpOptions {
  readonly store: Pick<Store, "advanceRun" | "listSteps">;
  readonly dispatcher: Pick<Dispatcher, "stopRun" | "endRun">;
  readonly waits: Pick<RunWaits, "end">;
  readonly turns: Pick<Turns, "end">;
  readonly clock: Clock;
  readonly feed: Pick<ChangeFeed, "publish">;
  readonly log: Log;
  readonly onSignals: () => void;
}

/** Ends runs that the service cannot go on with as failed, and says so: they must not hold up the others of their workflow. */
export class GivingUp {
  readonly #options: GivingUpOptions;

  constructor(options: GivingUpOptions) {
    this.#options = options;
  }

  /**
   * A run that cannot be taken over ends as failed, by what its rows say alone. It lets nobody begin: the others of its
   * workflow may not all be here yet.
   */
  async abandon(row: RunRow, problem: string): Promise<void> {
    const { store, clock, log } = this.#options;
    const reason = givenUpReason(problem);
    try {
      const steps = await readOpenSteps(store, row.id);
      const failed = failRun(row, { reason, at: clock.now(), steps });
      await this.#writeOff(failed.row, { ...failed, problem, isRunChanged: true });
    } catch (error) {
      log.error("a run that cannot go on could not be given up; the next start of the service tries again", {
        run: row.id,
        problem,
        error: String(error),
      });
    }
  }

  /** A run that cannot be decided, or whose journal is refused, ends as failed. What it had running is stopped. */
  async giveUp(live: LiveRun, problem: string): Promise<void> {
    const failed = live.fail(givenUpReason(problem), this.#options.clock.now());
    for (const tell of failed.awaitedBy) tell(false);
    await this.#writeOff(live.row, { ...failed, problem });
  }

  async #writeOff(row: RunRow, failed: RunChange & { readonly problem: string }): Promise<void> {
    const { dispatcher, store, feed, log, waits, turns, onSignals } = this.#options;
    const { id } = row;
    log.error("a run was given up", { run: id, problem: failed.problem });
    dispatcher.stopRun(id);
    try {
      await store.advanceRun(failed.advance);
      feed.publish(changesOf(row, failed));
    } catch (error) {
      log.error("the end of a run could not be written", { run: id, error: String(error) });
    }
    turns.end(row);
    dispatcher.endRun(row);
    waits.end(row);
    onSignals();
  }
}

import type { ChangeFeed } from "../changes/change-feed.js";
import { sleep, type Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { Store } from "../store/store.js";
import type { Advanced, LiveRun } from "./live-run.js";
import { changesOf } from "./run-changes.js";
import { Snapshots } from "./snapshots.js";

export interface BatchesOptions {
  readonly store: Pick<Store, "advanceRun" | "saveSnapshotPage" | "health">;
  readonly clock: Clock;
  readonly feed: Pick<ChangeFeed, "publish">;
  readonly log: Log;
  /** Signals have become durable, the end of a run among them. */
  readonly onSignals: () => void;
  /** What a batch has decided is on disk: its effects may be performed. In the order of the batches of the run. */
  readonly onDurable: (live: LiveRun, advanced: Advanced) => void;
  /** The run cannot be decided, or its journal is refused; told once. */
  readonly onBroken: (live: LiveRun, error: unknown) => void;
  readonly snapshotEvery?: number;
}

/** So much of what has arrived is decided at once: the disk need not wait for the rest, nor the rest for the disk. */
const ARRIVALS_MAX = 500;
/** So many batches of a run are decided and not yet on disk: one is being written while the next one is decided. */
const WRITING_MAX = 2;
/** A stop waits so long for a disk that takes its time. */
const STOP_PATIENCE_MS = 5000;

/** What is known of a run whose batches are not all on disk. */
interface Work {
  /** Batches that are decided and not yet on disk. */
  writing: number;
  /** A batch will be decided after this turn of the event loop. */
  isScheduled: boolean;
  isBroken: boolean;
}

/**
 * Makes durable what happens to runs. Events gather in a run's inbox while the batches before are being written; then they
 * are decided, their rows are written in one call (which shares its transaction with other runs), and only when that is
 * durable are the effects performed. Deciding and writing go on at once; runs do not wait for each other.
 *
 *   hurry → (this turn ends) → decide → store.advanceRun → onDurable
 *                ▲               │ up to WRITING_MAX
 *                └── more is there ◄┘
 */
export class Batches {
  readonly #options: BatchesOptions;
  readonly #snapshots: Snapshots;
  readonly #work = new Map<LiveRun, Work>();
  #isStopped = false;

  constructor(options: BatchesOptions) {
    this.#options = options;
    this.#snapshots = new Snapshots(options);
  }

  /** What has arrived for the run is decided as soon as may be. */
  hurry(live: LiveRun): void {
    live.isHurried = true;
    this.#schedule(live);
  }

  /**
   * Decides and writes what has arrived, and performs nothing. Does not wait for a disk that takes no writes: what it does not get is
   * found again by the next start, as after a kill.
   */
  async stop(runs: Iterable<LiveRun>): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#snapshots.stop();
    const { store, clock } = this.#options;
    const written: Promise<unknown>[] = [];
    for (const live of runs) {
      if (!live.hasArrivals || this.#workOf(live).isBroken) continue;
      const advanced = this.#decide(live, Infinity);
      if (advanced !== null) written.push(this.#write(advanced));
    }
    if (written.length === 0 || store.health().status !== "ok") return;
    const done = new AbortController();
    void Promise.allSettled(written).then(() => done.abort());
    await sleep(clock, STOP_PATIENCE_MS, done.signal);
  }

  #schedule(live: LiveRun): void {
    const work = this.#workOf(live);
    if (work.isScheduled || work.isBroken || work.writing >= WRITING_MAX) return;
    work.isScheduled = true;
    // After this turn of the event loop, so that what a thousand jobs report in one turn is one batch.
    this.#options.clock.afterTurn(() => {
      work.isScheduled = false;
      if (this.#isStopped || work.isBroken || !live.isUrgent) return this.#forget(live, work);
      this.#advance(live, work);
    });
  }

  #advance(live: LiveRun, work: Work): void {
    const advanced = this.#decide(live, ARRIVALS_MAX);
    if (advanced === null) return;
    work.writing += 1;
    const durable = this.#write(advanced);
    this.#snapshots.consider(live, durable);
    durable.then(
      () => {
        work.writing -= 1;
        this.#perform(live, advanced);
        if (live.isUrgent) this.#schedule(live);
        else this.#forget(live, work);
      },
      (error: unknown) => this.#break(live, error),
    );
    if (live.isUrgent) this.#schedule(live);
  }

  #perform(live: LiveRun, advanced: Advanced): void {
    if (this.#isStopped) return;
    const { feed, onSignals, onDurable } = this.#options;
    feed.publish(changesOf(advanced.row, advanced));
    onDurable(live, advanced);
    if (advanced.advance.signals.length > 0) onSignals();
  }

  #decide(live: LiveRun, max: number): Advanced | null {
    try {
      return live.decideInbox(max);
    } catch (error) {
      this.#break(live, error);
      return null;
    }
  }

  async #write({ advance, awaitedBy }: Advanced): Promise<void> {
    try {
      await this.#options.store.advanceRun(advance);
    } catch (error) {
      for (const tell of awaitedBy) tell(false);
      throw error;
    }
    for (const tell of awaitedBy) tell(true);
  }

  /** A run that is stopped with the service is not broken: the next start goes on with it. */
  #break(live: LiveRun, error: unknown): void {
    const work = this.#workOf(live);
    if (this.#isStopped || work.isBroken) return;
    work.isBroken = true;
    this.#options.onBroken(live, error);
  }

  #workOf(live: LiveRun): Work {
    const known = this.#work.get(live);
    if (known !== undefined) return known;
    const work: Work = { writing: 0, isScheduled: false, isBroken: false };
    this.#work.set(live, work);
    return work;
  }

  /** Most runs mostly wait. */
  #forget(live: LiveRun, { writing, isScheduled, isBroken }: Work): void {
    if (writing === 0 && !isScheduled && !isBroken) this.#work.delete(live);
  }
}

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
  /** The run cannot be decided, or its journal is refused; told once, when nothing of it is being written any more. */
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
  /** Why the run cannot go on; null while it can. */
  broken: { readonly error: unknown } | null;
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
  /** Runs that were told of as broken: nothing of them is decided again. */
  readonly #given = new WeakSet<LiveRun>();
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
      if (!live.hasArrivals || this.#isBroken(live)) continue;
      const advanced = this.#decide(live);
      if (advanced !== null && hasHappened(advanced)) written.push(this.#write(advanced));
    }
    if (written.length === 0 || store.health().status !== "ok") return;
    const done = new AbortController();
    void Promise.allSettled(written).then(() => done.abort());
    await sleep(clock, STOP_PATIENCE_MS, done.signal);
  }

  #schedule(live: LiveRun): void {
    if (this.#isBroken(live)) return;
    const work = this.#workOf(live);
    if (work.isScheduled || work.writing >= WRITING_MAX) return;
    work.isScheduled = true;
    // After this turn of the event loop, so that what a thousand jobs report in one turn is one batch.
    this.#options.clock.afterTurn(() => {
      work.isScheduled = false;
      if (this.#isStopped || work.broken !== null || !live.isUrgent) return this.#forget(live, work);
      this.#advance(live, work);
    });
  }

  #advance(live: LiveRun, work: Work): void {
    const advanced = this.#decide(live, ARRIVALS_MAX);
    if (advanced === null) return;
    if (!hasHappened(advanced)) return this.#goOn(live, work);
    work.writing += 1;
    const durable = this.#write(advanced);
    this.#snapshots.consider(live, durable);
    durable.then(
      () => {
        work.writing -= 1;
        this.#perform(live, advanced, work);
        this.#goOn(live, work);
      },
      (error: unknown) => {
        work.writing -= 1;
        this.#break(live, error);
        this.#goOn(live, work);
      },
    );
    if (live.isUrgent) this.#schedule(live);
  }

  #goOn(live: LiveRun, work: Work): void {
    if (work.broken !== null) this.#tellBroken(live, work);
    else if (live.isUrgent) this.#schedule(live);
    else this.#forget(live, work);
  }

  /** Of a run that cannot go on what is durable is shown, and nothing is begun: it would begin for a run that is given up. */
  #perform(live: LiveRun, advanced: Advanced, { broken }: Work): void {
    if (this.#isStopped) return;
    const { feed, onSignals, onDurable } = this.#options;
    feed.publish(changesOf(advanced.row, advanced));
    if (broken === null) onDurable(live, advanced);
    if (advanced.advance.signals.length > 0) onSignals();
  }

  #decide(live: LiveRun, max?: number): Advanced | null {
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
    if (this.#isStopped || this.#isBroken(live)) return;
    const work = this.#workOf(live);
    work.broken = { error };
    this.#tellBroken(live, work);
  }

  /** What is still being written may become durable: only then is it known what the run was. */
  #tellBroken(live: LiveRun, { broken, writing }: Work): void {
    if (broken === null || writing > 0 || this.#given.has(live)) return;
    this.#given.add(live);
    this.#work.delete(live);
    if (!this.#isStopped) this.#options.onBroken(live, broken.error);
  }

  #isBroken(live: LiveRun): boolean {
    return this.#given.has(live) || (this.#work.get(live)?.broken ?? null) !== null;
  }

  #workOf(live: LiveRun): Work {
    const known = this.#work.get(live);
    if (known !== undefined) return known;
    const work: Work = { writing: 0, isScheduled: false, broken: null };
    this.#work.set(live, work);
    return work;
  }

  /** Most runs mostly wait. */
  #forget(live: LiveRun, { writing, isScheduled, broken }: Work): void {
    if (writing === 0 && !isScheduled && broken === null) this.#work.delete(live);
  }
}

/**
 * False where all that arrived was refused: nothing is written of that. Without an entry no fence would hold it, and a group of
 * advances that is tried again would put the run's row back to what it was.
 */
function hasHappened({ advance }: Advanced): boolean {
  return advance.entries.length > 0;
}

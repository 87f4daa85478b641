import { TimeTrace, criticalPathOf, decide } from "@headwater/engine";
import type { CriticalPath, RunState, StepPath, Taken } from "@headwater/engine";
import type { CapacityWait } from "../capacity/capacity.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { RunRow, Store } from "../store/store.js";
import type { Dispatcher } from "./dispatcher.js";
import type { RunLoader } from "./run-loader.js";

export interface CriticalPathsOptions {
  readonly store: Pick<Store, "listJournal">;
  readonly loader: Pick<RunLoader, "loadBeginning">;
  readonly dispatcher: Pick<Dispatcher, "capacityWait" | "takenBy">;
  readonly clock: Clock;
}

/** So many entries are replayed in one go: others have their turn after each. */
const PAGE = 500;
/** So many runs may be asked for at once; one that is asked for by many counts once. */
const ASKED_MAX = 50;
/** A run that was asked for is followed on for so long: who asks again waits for what has happened since, not for all of it. */
const FOLLOWED_MS = 60_000;
/** The runs that are followed have so many jobs in all, some 50 MB; the one that was asked for last may have more. */
const FOLLOWED_JOBS_MAX = 200_000;

/** A run as far as its journal was played. */
interface Followed {
  readonly state: RunState;
  readonly trace: TimeTrace;
  /** The last entry that was played; 0 for none. */
  seq: number;
  askedAt: number;
}

/**
 * Where the time of runs went, found by playing their journals through the engine once more. One run after the other, a little at a
 * time, so that a long journal holds up nobody but who asks; and from where it was played to, where somebody has asked a moment ago.
 */
export class CriticalPaths {
  readonly #options: CriticalPathsOptions;
  /** By run, who was asked for last at the end. */
  readonly #followed = new Map<string, Followed>();
  readonly #asked = new Map<string, Promise<CriticalPath>>();
  #underWay: Promise<unknown> = Promise.resolve();
  #cancelSweep: (() => void) | null = null;
  #isStopped = false;

  constructor(options: CriticalPathsOptions) {
    this.#options = options;
  }

  /** @throws ServiceError internal when its journal cannot be replayed, or its version is not there; busy */
  read(row: RunRow): Promise<CriticalPath> {
    const asked = this.#asked.get(row.id);
    if (asked !== undefined) return asked;
    if (this.#asked.size >= ASKED_MAX) {
      const problem = `those of ${ASKED_MAX} other runs are being worked out; ask again in a moment`;
      return Promise.reject(
        new ServiceError("busy", `Cannot tell where the time of the run went: ${problem}`),
      );
    }
    const read = this.#underWay.then(() => this.#read(row)).finally(() => this.#asked.delete(row.id));
    this.#asked.set(row.id, read);
    this.#underWay = read.catch(() => undefined);
    return read;
  }

  /** Forgets all that it follows. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelSweep?.();
    this.#cancelSweep = null;
    this.#followed.clear();
  }

  async #read(row: RunRow): Promise<CriticalPath> {
    const { clock } = this.#options;
    const followed = this.#followed.get(row.id) ?? (await this.#begin(row));
    // What fails on the way is not gone on with.
    this.#followed.delete(row.id);
    await this.#playOn(row.id, followed);
    this.#keep(row.id, followed);
    const scheduledAt = row.trigger.kind === "schedule" ? row.scheduledAt : null;
    const now = clock.now();
    const takenOf = (path: StepPath): Taken | null => this.#takenOf(row.id, path, now);
    return criticalPathOf(followed.trace, followed.state, { now, takenOf, scheduledAt });
  }

  async #begin(row: RunRow): Promise<Followed> {
    const state = await this.#options.loader.loadBeginning(row);
    return { state, trace: new TimeTrace(row.createdAt), seq: 0, askedAt: 0 };
  }

  async #playOn(runId: string, followed: Followed): Promise<void> {
    const { state, trace } = followed;
    for (;;) {
      const entries = await this.#options.store.listJournal(runId, { after: followed.seq, limit: PAGE });
      for (const entry of entries) trace.note(state, entry, decide(state, entry.event, entry.at));
      followed.seq = entries.at(-1)?.seq ?? followed.seq;
      if (entries.length < PAGE) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #keep(runId: string, followed: Followed): void {
    if (this.#isStopped) return;
    followed.askedAt = this.#options.clock.now();
    this.#followed.set(runId, followed);
    let jobs = [...this.#followed.values()].reduce((sum, { state }) => sum + state.jobs, 0);
    for (const [other, { state }] of this.#followed) {
      if (jobs <= FOLLOWED_JOBS_MAX || other === runId) break;
      jobs -= state.jobs;
      this.#followed.delete(other);
    }
    this.#cancelSweep ??= this.#options.clock.after(FOLLOWED_MS, () => this.#sweep());
  }

  /** Lets those go that nobody has asked for since. */
  #sweep(): void {
    this.#cancelSweep = null;
    const { clock } = this.#options;
    for (const [runId, { askedAt }] of this.#followed)
      if (clock.now() - askedAt >= FOLLOWED_MS) this.#followed.delete(runId);
    if (this.#followed.size > 0) this.#cancelSweep = clock.after(FOLLOWED_MS, () => this.#sweep());
  }

  /** An attempt that waits has taken nothing until now. */
  #takenOf(runId: string, path: StepPath, now: number): Taken | null {
    const { dispatcher } = this.#options;
    const wait = dispatcher.capacityWait(runId, path);
    return wait === null ? dispatcher.takenBy(runId, path) : { at: now, lacked: lackedIn(wait) };
  }
}

/** A slot is given last: where permits are missing too, they are what it waits for. */
function lackedIn({ lacks }: CapacityWait): Taken["lacked"] {
  if (lacks.some(({ kind }) => kind === "permit")) return "permit";
  if (lacks.some(({ kind }) => kind === "places")) return "place";
  return lacks.length === 0 ? null : "slot";
}

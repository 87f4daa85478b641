import { DUE_TIMER, isRunEnded, knowsBreakpoints, pendingEffects } from "@headwater/engine";
import type { Effect, RunEvent, RunState } from "@headwater/engine";
import type { Evaluator, WorkflowProperties } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Log } from "../log.js";
import type { JournalEntry, RunRow, Store, VersionRow, WorkflowKey } from "../store/store.js";
import type { Dispatcher } from "./dispatcher.js";
import { laneOf } from "./lanes.js";
import { failRun, givenUpReason, readOpenSteps } from "./failed-run.js";
import { LiveAttempts } from "./live-attempts.js";
import { LiveRun, type Advanced } from "./live-run.js";
import type { RequestOutcome, RunRequest } from "./run-actions.js";
import { changesOf, type RunChange } from "./run-changes.js";
import type { RunWaits } from "./run-waits.js";
import { runName } from "./run-name.js";
import { TimerQueue } from "./timer-queue.js";
import { Recoveries } from "./recoveries.js";
import { Turns } from "./turns.js";
import type { WorkflowBreakpoints } from "./workflow-breakpoints.js";
import type { WorkflowPauses } from "./workflow-pauses.js";

export interface RunLoopOptions {
  readonly store: Pick<Store, "advanceRun" | "listSteps" | "findBlockingRun">;
  readonly pauses: Pick<WorkflowPauses, "find">;
  /** Of workflows, for all their runs. */
  readonly breakpoints: Pick<WorkflowBreakpoints, "list">;
  readonly dispatcher: Dispatcher;
  readonly waits: RunWaits;
  readonly clock: Clock;
  readonly feed: ChangeFeed;
  readonly log: Log;
  /** One for all runs: it remembers the expressions that it has parsed. */
  readonly evaluator: Evaluator;
  /** The address that `run.url` begins with. */
  readonly url: () => string;
  /** Signals have become durable, the end of a run among them. */
  readonly onSignals: () => void;
}

/** A run with what is needed to drive it. */
export interface LoadedRun {
  readonly row: RunRow;
  readonly version: VersionRow;
  readonly properties: WorkflowProperties;
  /** What has happened to it so far, beginning with that version, these params and at that commit. */
  readonly journal: readonly JournalEntry[];
  readonly params: RunRow["params"];
  readonly commit: string;
}

/**
 * Drives runs. The life of a batch: events gather in a run's inbox while the batch before is being written; then all of
 * them are decided, their rows are written in one call (which shares its transaction with other runs), and only when
 * that is durable are the effects performed. One batch of a run at a time; runs do not wait for each other.
 *
 *   post → inbox → decide → store.advanceRun → effects → (workers, timers) → post …
 */
export class RunLoop {
  readonly #options: RunLoopOptions;
  readonly #runs = new Map<string, LiveRun>();
  readonly #turns: Turns;
  readonly #timers: TimerQueue;
  readonly #attempts: LiveAttempts;
  /** Of the runs taken over: what they lost, and whether that is durable. */
  readonly recoveries = new Recoveries();
  #stopped = false;

  constructor(options: RunLoopOptions) {
    this.#options = options;
    this.#timers = new TimerQueue(options.clock);
    this.#turns = new Turns({
      ...options,
      begin: (runId) => this.#begin(runId),
      supersede: (runId, reason) => this.post(runId, { kind: "supersede", reason }),
    });
    this.#attempts = new LiveAttempts({
      ...options,
      turns: this.#turns,
      isHere: (runId) => this.#runs.has(runId) && !this.#stopped,
      post: (runId, event) => this.post(runId, event),
      postPatiently: (live, event) => this.#postPatiently(live, event),
    });
  }

  /**
   * Takes over a run: a new one queues for its turn, one that was going goes on where its journal ends.
   * @throws ServiceError internal when its journal cannot be replayed, or does not lead to what its row says: `abandon` it
   */
  take(loaded: LoadedRun): void {
    if (this.#runs.has(loaded.row.id)) return;
    try {
      this.#takeOver(loaded);
    } catch (cause) {
      const problem = cause instanceof ServiceError ? cause.message : String(cause);
      throw new ServiceError("internal", problem, { cause });
    }
  }

  #takeOver(loaded: LoadedRun): void {
    const { row, properties } = loaded;
    const live = this.#replay(loaded);
    this.#runs.set(row.id, live);
    this.#turns.take(row, properties);
    live.checkStatus();
    if (row.status === "queued") this.#perform(live, pendingEffects(live.state));
    else this.#goOn(live);
  }

  #replay(loaded: LoadedRun): LiveRun {
    const { url, evaluator } = this.#options;
    return new LiveRun(loaded.row, loaded.version, {
      ...loaded,
      owner: loaded.properties.owner,
      url: url(),
      evaluator,
    });
  }

  /**
   * Has a run here that has ended, so that it can be restarted.
   * @throws ServiceError internal when its journal does not lead to what its row says
   */
  takeEnded(loaded: LoadedRun): void {
    if (this.#runs.has(loaded.row.id)) return;
    const live = this.#replay(loaded);
    live.checkStatus();
    this.#turns.operate(loaded.row, loaded.properties);
    this.#runs.set(loaded.row.id, live);
  }

  /** Lets a run go that has ended. */
  release(runId: string): void {
    const live = this.#runs.get(runId);
    if (live !== undefined && isRunEnded(live.state.status)) this.#runs.delete(runId);
  }

  /** Why a run that has ended may not queue again, in words; null when it may. */
  turnProblem(row: RunRow): string | null {
    return this.#turns.requeueProblem(row);
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

  /** Performs again what the last life of the service had decided; attempts that were under way are lost. */
  #goOn(live: LiveRun): void {
    this.#tellBreakpoints(live);
    this.#perform(live, pendingEffects(live.state));
    this.recoveries.giveUp(live, {
      dispatcher: this.#options.dispatcher,
      post: (event) => this.postDurably(live.row.id, event),
    });
  }

  /** Lets the next runs of a workflow begin, as its run strategy says. */
  admit(key: WorkflowKey): void {
    this.#turns.admit(key);
  }

  #begin(runId: string): void {
    const live = this.#runs.get(runId);
    if (live === undefined) return;
    this.#tellBreakpoints(live);
    this.post(runId, { kind: "start", facts: live.facts });
  }

  /** The breakpoints of a workflow are others now: its runs that have begun hear of it, the others when they begin. */
  reviewBreakpoints(key: WorkflowKey): void {
    for (const live of this.#runs.values()) {
      if (laneOf(live.row) === laneOf(key) && live.row.status === "running") this.#tellBreakpoints(live);
    }
  }

  #tellBreakpoints(live: LiveRun): void {
    const breakpoints = this.#options.breakpoints.list(live.row);
    if (knowsBreakpoints(live.state, breakpoints)) return;
    this.post(live.row.id, { kind: "workflow_breakpoints", breakpoints });
  }

  /** The workflows that have runs, queued or going. */
  busyWorkflows(): readonly WorkflowKey[] {
    return this.#turns.busyWorkflows();
  }

  /** A deployment has changed how a workflow is operated: what is queued goes by it at once. */
  operate(key: WorkflowKey, properties: WorkflowProperties): void {
    this.#turns.operate(key, properties);
    this.admit(key);
  }

  /** Asks a run that is here for what somebody wants. One that is canceled will not get its turn any more. */
  async ask(runId: string, request: RunRequest): Promise<RequestOutcome> {
    const live = this.#runs.get(runId);
    if (live === undefined || this.#stopped) return "gone";
    if (request.kind === "cancel") this.#turns.withdraw(live.row);
    const outcome = live.ask(request, this.#options.clock.now());
    this.#hurry(live);
    return outcome;
  }

  /** Why a run waits for its turn, in words; null when it does not, or is not here. */
  queueReason(runId: string): string | null {
    const row = this.#runs.get(runId)?.row;
    return row === undefined ? null : this.#turns.reason(row);
  }

  /** Hands an event to a run; one that has ended, or is not here, ignores it. */
  post(runId: string, event: RunEvent): void {
    const live = this.#runs.get(runId);
    if (live === undefined || this.#stopped) return;
    live.receive(event, this.#options.clock.now());
    this.#hurry(live);
  }

  /** The state of a run that is here; null for one that has ended, or is not known. */
  stateOf(runId: string): RunState | null {
    return this.#runs.get(runId)?.state ?? null;
  }

  /** Hands an event to a run that is here, and answers when it is durable; false when it never will be. */
  async postDurably(runId: string, event: RunEvent): Promise<boolean> {
    const live = this.#runs.get(runId);
    if (live === undefined || this.#stopped) return false;
    this.post(runId, event);
    return live.whenDurable();
  }

  /** Hands over an event that changes nothing but what people see: it may wait a moment to be written with the next one. */
  #postPatiently(live: LiveRun, event: RunEvent): void {
    if (this.#stopped) return;
    live.receive(event, this.#options.clock.now());
    const { clock } = this.#options;
    const key = patienceOf(live);
    if (!this.#timers.has(key)) this.#timers.set(key, clock.now() + PATIENCE_MS, () => this.#hurry(live));
  }

  #hurry(live: LiveRun): void {
    live.isHurried = true;
    if (live.isBusy) return;
    live.isBusy = true;
    void this.#drain(live);
  }

  /** Decides nothing more; what was not yet written will be found again by the next start. */
  stop(): void {
    this.#stopped = true;
    this.#turns.stop();
    this.#timers.stop();
  }

  async #drain(live: LiveRun): Promise<void> {
    for (;;) {
      // After this turn of the event loop, so that what a thousand jobs report in one turn is one batch.
      await new Promise((resolve) => setImmediate(resolve));
      if (!live.isUrgent || this.#stopped) break;
      try {
        await this.#advance(live);
      } catch (error) {
        if (!this.#stopped) await this.#giveUp(live, String(error));
        return;
      }
    }
    live.isBusy = false;
  }

  async #advance(live: LiveRun): Promise<void> {
    const advanced = live.decideInbox();
    const { advance, effects } = advanced;
    await this.#write(advanced);
    if (this.#stopped) return;
    this.#options.feed.publish(changesOf(live.row, advanced));
    this.#perform(live, effects);
    if (advance.signals.length > 0) this.#options.onSignals();
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

  /**
   * A run that cannot be decided, or whose journal is refused, ends as failed and says so: it must not hold up the others
   * of its workflow. What it had running is stopped.
   */
  async #giveUp(live: LiveRun, problem: string): Promise<void> {
    const failed = live.fail(givenUpReason(problem), this.#options.clock.now());
    for (const tell of failed.awaitedBy) tell(false);
    await this.#writeOff(live.row, { ...failed, problem });
    this.admit(live.row);
  }

  async #writeOff(row: RunRow, failed: RunChange & { readonly problem: string }): Promise<void> {
    const { dispatcher, store, feed, log, waits, onSignals } = this.#options;
    const { id } = row;
    log.error("a run was given up", { run: id, problem: failed.problem });
    dispatcher.stopRun(id);
    this.#runs.delete(id);
    try {
      await store.advanceRun(failed.advance);
      feed.publish(changesOf(row, failed));
    } catch (error) {
      log.error("the end of a run could not be written", { run: id, error: String(error) });
    }
    this.#turns.end(row);
    dispatcher.endRun(row);
    waits.end(row);
    onSignals();
  }

  #perform(live: LiveRun, effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(live, effect);
  }

  #performOne(live: LiveRun, effect: Effect): void {
    const runId = live.row.id;
    switch (effect.kind) {
      case "enqueue":
        return this.#attempts.begin(live, effect);
      case "cancel":
      case "withdraw":
        return this.#attempts.stop(live, effect);
      case "set_timer":
        return this.#timers.set(`${runId} ${effect.timer}`, effect.at, () =>
          this.post(runId, { kind: "timer", timer: effect.timer }),
        );
      case "clear_timer":
        return this.#timers.clear(`${runId} ${effect.timer}`);
      case "late": {
        const dueAt = new Date(effect.dueAt).toISOString();
        return this.#options.log.warn("a run is late", { run: runName(live.row), dueAt });
      }
      case "finish":
        return this.#finish(live);
      case "requeue":
        // One that was restarted while its end was being written was let go when that was done.
        this.#runs.set(runId, live);
        this.#turns.requeue(live.row);
        return this.admit(live.row);
      default:
        return this.#options.waits.perform(live.row, effect);
    }
  }

  #finish(live: LiveRun): void {
    this.#runs.delete(live.row.id);
    for (const timer of [patienceOf(live), `${live.row.id} ${DUE_TIMER}`]) this.#timers.clear(timer);
    this.#options.waits.end(live.row);
    this.#turns.end(live.row);
    this.#options.dispatcher.endRun(live.row);
    this.admit(live.row);
  }
}

/** How long the beginning of an attempt may go unwritten; most short attempts have ended by then. */
const PATIENCE_MS = 30;

function patienceOf(live: LiveRun): string {
  return `${live.row.id} patience`;
}

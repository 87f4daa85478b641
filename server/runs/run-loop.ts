import { DUE_TIMER, isRunEnded, knowsBreakpoints, pendingEffects } from "@headwater/engine";
import type { BreakpointChange, Effect, RunEvent, RunState } from "@headwater/engine";
import type { WorkflowProperties } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { RunRow, Store, WorkflowKey } from "../store/store.js";
import { Batches } from "./batches.js";
import type { Dispatcher } from "./dispatcher.js";
import { laneOf } from "./lanes.js";
import { GivingUp } from "./giving-up.js";
import { LiveAttempts } from "./live-attempts.js";
import { LiveRun, type Advanced, type IsRefused } from "./live-run.js";
import type { RequestOutcome, RunRequest } from "./run-actions.js";
import type { LoadedRun } from "./run-loader.js";
import type { RunWaits } from "./run-waits.js";
import { runName } from "./run-name.js";
import type { ReplayedRun } from "./replay.js";
import { SteadyClock } from "./steady-clock.js";
import { TimerQueue } from "./timer-queue.js";
import { Recoveries } from "./recoveries.js";
import { Turns } from "./turns.js";
import type { WorkflowBreakpoints } from "./workflow-breakpoints.js";
import type { WorkflowPauses } from "./workflow-pauses.js";

export interface RunLoopOptions {
  readonly store: Pick<Store, "advanceRun" | "listSteps" | "findBlockingRun" | "saveSnapshotPage" | "health">;
  readonly pauses: Pick<WorkflowPauses, "find">;
  /** Of workflows, for all their runs. */
  readonly breakpoints: Pick<WorkflowBreakpoints, "list">;
  readonly dispatcher: Dispatcher;
  readonly waits: RunWaits;
  readonly clock: Clock;
  readonly feed: ChangeFeed;
  readonly log: Log;
  /** Signals have become durable, the end of a run among them. */
  readonly onSignals: () => void;
  /** See `Snapshots`. */
  readonly snapshotEvery?: number;
}

/**
 * Drives runs: takes them over, hands them what happens, and performs what they decide. What becomes durable of it, and when, is the
 * business of `Batches`.
 */
export class RunLoop {
  readonly #options: RunLoopOptions;
  readonly #runs = new Map<string, LiveRun>();
  readonly #turns: Turns;
  readonly #steady: SteadyClock;
  readonly #timers: TimerQueue;
  readonly #attempts: LiveAttempts;
  readonly #batches: Batches;
  readonly #givingUp: GivingUp;
  /** Of the runs taken over: what they lost, and whether that is durable. */
  readonly recoveries = new Recoveries();
  #stopped = false;

  constructor(options: RunLoopOptions) {
    this.#options = options;
    this.#steady = new SteadyClock(options.clock);
    this.#timers = new TimerQueue(this.#steady);
    this.#turns = new Turns({
      ...options,
      begin: (runId) => this.#begin(runId),
      supersede: (runId, reason) => this.post(runId, { kind: "supersede", reason }),
    });
    this.#batches = new Batches({
      ...options,
      onDurable: (live, advanced) => this.#perform(live, advanced),
      onBroken: (live, error) => void this.#giveUp(live, String(error)),
    });
    this.#givingUp = new GivingUp({ ...options, turns: this.#turns });
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
   * @throws ServiceError internal when its journal does not lead to what its row says: `abandon` it
   */
  take({ row, properties, replayed }: LoadedRun): void {
    if (this.#runs.has(row.id)) return;
    const live = this.#liveOf(row, replayed);
    this.#runs.set(row.id, live);
    this.#turns.take(row, properties);
    if (row.status === "queued") this.#performAll(live, pendingEffects(live.state));
    else this.#goOn(live);
  }

  /**
   * Has a run here that has ended, so that it can be restarted.
   * @throws ServiceError internal when its journal does not lead to what its row says
   */
  takeEnded({ row, properties, replayed }: LoadedRun): void {
    if (this.#runs.has(row.id)) return;
    const live = this.#liveOf(row, replayed);
    this.#turns.operate(row, properties);
    this.#runs.set(row.id, live);
  }

  /** Its time goes on where it has stopped, also where the clock on the wall was set back meanwhile. */
  #liveOf(row: RunRow, replayed: ReplayedRun): LiveRun {
    const live = new LiveRun(row, replayed);
    live.checkStatus();
    live.aheadMs = Math.max(live.lastAt, this.#options.clock.now()) - this.#steady.now();
    return live;
  }

  /** The time of the run, epoch milliseconds. */
  #nowOf(live: LiveRun): number {
    return this.#steady.now() + live.aheadMs;
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

  /** A run that cannot be taken over ends as failed; see `GivingUp`. */
  abandon(row: RunRow, problem: string): Promise<void> {
    this.#runs.delete(row.id);
    return this.#givingUp.abandon(row, problem);
  }

  /** Performs again what the last life of the service had decided; attempts that were under way are lost. */
  #goOn(live: LiveRun): void {
    this.#tellBreakpoints(live);
    this.#performAll(live, pendingEffects(live.state));
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
  reviewBreakpoints(key: WorkflowKey, change?: BreakpointChange): void {
    for (const live of this.#runs.values()) {
      if (laneOf(live.row) === laneOf(key) && live.row.status === "running")
        this.#tellBreakpoints(live, change);
    }
  }

  #tellBreakpoints(live: LiveRun, change?: BreakpointChange): void {
    const breakpoints = this.#options.breakpoints.list(live.row);
    if (knowsBreakpoints(live.state, breakpoints)) return;
    const told = change === undefined ? {} : { change };
    this.post(live.row.id, { kind: "workflow_breakpoints", breakpoints, ...told });
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
    const outcome = live.ask(request, this.#nowOf(live));
    this.#batches.hurry(live);
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
    live.receive(event, this.#nowOf(live));
    this.#batches.hurry(live);
  }

  /** The state of a run that is here; null for one that has ended, or is not known. */
  stateOf(runId: string): RunState | null {
    return this.#runs.get(runId)?.state ?? null;
  }

  /** Hands an event to a run that is here, and answers when it is durable; false when it never will be, as when it is refused. */
  async postDurably(runId: string, event: RunEvent, isRefused?: IsRefused): Promise<boolean> {
    const live = this.#runs.get(runId);
    if (live === undefined || this.#stopped) return false;
    return new Promise((tell) => {
      live.receive(event, this.#nowOf(live), { isRefused, tell });
      this.#batches.hurry(live);
    });
  }

  /** Hands over an event that changes nothing but what people see: it may wait a moment to be written with the next one. */
  #postPatiently(live: LiveRun, event: RunEvent): void {
    if (this.#stopped) return;
    live.receive(event, this.#nowOf(live));
    const key = patienceOf(live);
    if (!this.#timers.has(key))
      this.#timers.set(key, this.#steady.now() + PATIENCE_MS, () => this.#batches.hurry(live));
  }

  /** Takes nothing more; what has arrived is decided and written, as far as the disk allows, and performed by the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#turns.stop();
    this.#timers.stop();
    await this.#batches.stop(this.#runs.values());
  }

  /** The others of its workflow must not wait for a run that cannot go on. */
  async #giveUp(live: LiveRun, problem: string): Promise<void> {
    this.#runs.delete(live.row.id);
    await this.#givingUp.giveUp(live, problem);
    this.admit(live.row);
  }

  #perform(live: LiveRun, { row, effects }: Advanced): void {
    for (const effect of effects) {
      if (effect.kind === "finish") this.#finish(live, row);
      else this.#performOne(live, effect);
    }
  }

  #performAll(live: LiveRun, effects: readonly Effect[]): void {
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
        return this.#timers.set(`${runId} ${effect.timer}`, effect.at - live.aheadMs, () =>
          this.post(runId, { kind: "timer", timer: effect.timer }),
        );
      case "clear_timer":
        return this.#timers.clear(`${runId} ${effect.timer}`);
      case "late": {
        const dueAt = new Date(effect.dueAt).toISOString();
        return this.#options.log.warn("a run is late", { run: runName(live.row), dueAt });
      }
      case "requeue":
        // One that was restarted while its end was being written was let go when that was done.
        this.#runs.set(runId, live);
        this.#turns.requeue(live.row);
        return this.admit(live.row);
      default:
        return this.#options.waits.perform(live.row, effect);
    }
  }

  /** @param row as it ended: somebody may have restarted it since */
  #finish(live: LiveRun, row: RunRow): void {
    this.#runs.delete(row.id);
    for (const timer of [patienceOf(live), `${row.id} ${DUE_TIMER}`]) this.#timers.clear(timer);
    this.#options.waits.end(row);
    this.#turns.end(row);
    this.#options.dispatcher.endRun(row);
    this.admit(row);
  }
}

/** How long the beginning of an attempt may go unwritten; most short attempts have ended by then. */
const PATIENCE_MS = 30;

function patienceOf(live: LiveRun): string {
  return `${live.row.id} patience`;
}

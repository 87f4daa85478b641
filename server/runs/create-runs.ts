import { describeWaits, isDeafTo, isToPause, outerWaits, standingOf } from "@headwater/engine";
import type { Actor, BreakpointChange, CriticalPath } from "@headwater/engine";
import type { Evaluator, ScheduleReader } from "@headwater/workflow";
import type { Capacity } from "../capacity/capacity.js";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RunRow, Store, WorkflowKey } from "../store/store.js";
import { Approvals } from "./approvals.js";
import type { ApprovalAnswer } from "./approvals.js";
import { CriticalPaths } from "./critical-paths.js";
import { BegunAttempts } from "./begun-attempts.js";
import type { ParentEvent } from "./child-runs.js";
import { Dispatcher } from "./dispatcher.js";
import type { DispatcherOptions } from "./dispatcher.js";
import { laneOf } from "./lanes.js";
import { RunActions } from "./run-actions.js";
import type { RunRequest } from "./run-actions.js";
import { RequestedRuns } from "./requested-runs.js";
import type { StartRequest } from "./requested-runs.js";
import { readPatiently } from "./read-patiently.js";
import { recoveryText } from "./recoveries.js";
import { Restarts } from "./restarts.js";
import type { RestartRequest } from "./restarts.js";
import { RunLoader } from "./run-loader.js";
import type { LoadedRun } from "./run-loader.js";
import { RunLoop } from "./run-loop.js";
import { RunWaits } from "./run-waits.js";
import type { Runs, RunView } from "./runs.js";
import { runName } from "./run-name.js";
import { listWaits, summarizeWaits, type ReportedWait, type Surroundings } from "./wait-report.js";
import { letBlockingRunPass } from "./unblock.js";
import { Versions } from "./versions.js";
import type { WorkflowBreakpoints } from "./workflow-breakpoints.js";
import type { WorkflowPauses } from "./workflow-pauses.js";

export interface RunsOptions extends Omit<DispatcherOptions, "capacity" | "begun"> {
  readonly store: Store;
  readonly capacity: Capacity;
  /** Of which workflows nothing begins. */
  readonly pauses: Pick<WorkflowPauses, "find">;
  /** Of workflows, for all their runs. */
  readonly breakpoints: Pick<WorkflowBreakpoints, "list">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly log: Log;
  readonly evaluator: Evaluator;
  readonly scheduleReader: ScheduleReader;
  readonly url: () => string;
  readonly onSignals: () => void;
  /** See `Snapshots`. */
  readonly snapshotEvery?: number;
}

/** The runs of this service; see `Runs`. */
export function createRuns(options: RunsOptions): Runs {
  return new LocalRuns(options);
}

/** So many new runs are read at once: one by one a thousand that begin together would cost a statement each. */
const NEW_AT_ONCE = 100;

interface Taking {
  /** Nothing has happened to them yet. */
  readonly isNew: boolean;
  readonly interrupt?: AbortSignal | undefined;
}

class LocalRuns implements Runs {
  readonly #options: RunsOptions;
  readonly #stopping = new AbortController();
  readonly #begun: BegunAttempts;
  readonly #dispatcher: Dispatcher;
  readonly #waits: RunWaits;
  readonly #approvals: Approvals;
  readonly #actions: RunActions;
  readonly #restarts: Restarts;
  readonly #requested: RequestedRuns;
  readonly #loop: RunLoop;
  readonly #versions: Versions;
  readonly #loader: RunLoader;
  readonly #criticalPaths: CriticalPaths;
  /** Runs are taken up one call after the other, in the order of their creation, and those of the last life first of all. */
  #taking: Promise<void>;
  #recovered: () => void = () => undefined;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#begun = new BegunAttempts(options.dataFolder);
    this.#dispatcher = new Dispatcher({ ...options, begun: this.#begun });
    this.#versions = new Versions(options.store);
    this.#loader = new RunLoader({ ...options, versions: this.#versions });
    this.#criticalPaths = new CriticalPaths({
      ...options,
      loader: this.#loader,
      dispatcher: this.#dispatcher,
    });
    this.#waits = new RunWaits({
      ...options,
      stopping: this.#stopping.signal,
      versions: this.#versions,
      adopt: (runs) => this.adopt(runs),
      cancel: (runId, request) => this.#cancel(runId, request),
      post: (runId, event) => this.#loop.post(runId, event),
      tellNested: (runId, event) => this.#tellNested(runId, event),
    });
    this.#loop = new RunLoop({ ...options, dispatcher: this.#dispatcher, waits: this.#waits });
    this.#approvals = new Approvals({
      store: options.store,
      isHere: (runId) => this.#loop.stateOf(runId) !== null,
      postDurably: (runId, event, isRefused) => this.#loop.postDurably(runId, event, isRefused),
    });
    this.#actions = new RunActions({
      store: options.store,
      ask: (runId, request) => this.#loop.ask(runId, request),
    });
    this.#restarts = new Restarts({
      store: options.store,
      versions: this.#versions,
      load: (row) => this.#loader.load(row),
      takeEnded: (loaded) => this.#loop.takeEnded(loaded),
      release: (runId) => this.#loop.release(runId),
      turnProblem: (row) => this.#loop.turnProblem(row),
      act: (runId, request) => this.#actions.act(runId, request),
    });
    this.#requested = new RequestedRuns({
      ...options,
      versions: this.#versions,
      adopt: (runs) => this.adopt(runs),
    });
    this.#taking = new Promise((resolve) => {
      this.#recovered = resolve;
    });
  }

  async start(interrupt?: AbortSignal): Promise<void> {
    this.#begun.open();
    const rows = await this.#options.store.listUnfinishedRuns();
    await this.#take(rows, { isNew: false, interrupt });
    // What was not taken over is known by the next start only.
    if (interrupt?.aborted === true) return;
    this.#recovered();
    void this.#loop.recoveries.whenWritten().then((isDurable) => isDurable && this.#begun.forgetBefore());
    this.#tellRecovery(rows.length, this.#loop.recoveries.lost);
  }

  #tellRecovery(runs: number, lost: number): void {
    const { log } = this.#options;
    if (lost > 0) log.warn(recoveryText(runs, lost));
    else if (runs > 0) log.info(recoveryText(runs, lost));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#dispatcher.stop();
    this.#criticalPaths.stop();
    await this.#loop.stop();
  }

  startRun(request: StartRequest): Promise<RunRow> {
    return this.#requested.start(request);
  }

  adopt(runs: readonly RunRow[]): void {
    void this.#takeInOrder(runs).catch((error: unknown) => {
      this.#options.log.error("runs could not be taken up; the next start of the service does it", {
        error: String(error),
      });
    });
  }

  admit(key: WorkflowKey): void {
    this.#loop.admit(key);
  }

  reviewBreakpoints(key: WorkflowKey, change?: BreakpointChange): void {
    this.#loop.reviewBreakpoints(key, change);
  }

  async actOnRun(runId: string, request: RunRequest): Promise<void> {
    // A run that is being taken up would not be found.
    await this.#taking;
    const isSkip = request.kind === "action" && request.action.name === "skip";
    await (isSkip ? this.#restarts.revive(runId, request) : this.#actions.act(runId, request));
  }

  async restartRun(runId: string, request: RestartRequest): Promise<void> {
    await this.#taking;
    await this.#restarts.restart(runId, request);
  }

  lookAt(runId: string): RunView | null {
    const state = this.#loop.stateOf(runId);
    return state === null
      ? null
      : { standing: standingOf(state), isToPause: (path) => isToPause(state, path), paused: state.paused };
  }

  queueReason(runId: string): string | null {
    return this.#loop.queueReason(runId);
  }

  async unblock(key: WorkflowKey, actor: Actor): Promise<RunRow> {
    const run = await letBlockingRunPass(this.#options, key, actor);
    const workflow = `${key.project}/${key.workflow}`;
    this.#options.log.info("a workflow was unblocked", { workflow, run: run.id, ...actor });
    this.#loop.admit(key);
    return run;
  }

  /** One that is being stopped already is as good as canceled. */
  async #cancel(runId: string, request: { readonly by: string; readonly reason: string }): Promise<boolean> {
    await this.#taking;
    return (await this.#loop.ask(runId, { kind: "cancel", ...request })) !== "gone";
  }

  /** A run that is being taken up would not be found. */
  async #tellNested(runId: string, event: ParentEvent): Promise<void> {
    await this.#taking;
    const state = this.#loop.stateOf(runId);
    if (state !== null && !isDeafTo(state, event)) this.#loop.post(runId, event);
  }

  async answerApproval(runId: string, answer: ApprovalAnswer): Promise<void> {
    // A run that is being taken up would not be found.
    await this.#taking;
    await this.#approvals.answer(runId, answer);
  }

  hear(signals: Parameters<Runs["hear"]>[0]): void {
    this.#waits.hear(signals);
  }

  explain(row: RunRow, step?: string): readonly ReportedWait[] {
    const state = this.#loop.stateOf(row.id);
    if (state === null) return [];
    const around = this.#surroundings(row);
    if (step === undefined) return summarizeWaits(describeWaits(state), around);
    const known = listWaits(describeWaits(state), step, around);
    if (known.length > 0) return known;
    const outer = outerWaits(state, step);
    if (outer.kind === "found") return summarizeWaits(outer.waits, around);
    throw new ServiceError("step-not-found", `Cannot explain "${step}": ${outer.words}`);
  }

  #surroundings(row: RunRow): Surroundings {
    const health = this.#options.store.health();
    const isStopping = this.#stopping.signal.aborted;
    const trouble = health.status === "waiting" ? `waits for the service to write: ${health.reason}` : null;
    return {
      run: runName(row),
      capacityOf: (path) => this.#dispatcher.capacityWait(row.id, path),
      isStarting: (path) => this.#dispatcher.isExecuting(row.id, path),
      trouble: isStopping ? "waits for the service to start again, which stops now" : trouble,
    };
  }

  criticalPath(row: RunRow): Promise<CriticalPath> {
    return this.#criticalPaths.read(row);
  }

  waitReason(runId: string, path: string): string | null {
    return this.#dispatcher.waitReason(runId, path);
  }

  #takeInOrder(rows: readonly RunRow[]): Promise<void> {
    const taken = this.#taking.then(() => this.#take(rows, { isNew: true }));
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async #take(rows: readonly RunRow[], { isNew, interrupt }: Taking): Promise<void> {
    const lanes = new Map<string, WorkflowKey>();
    const open = rows.filter(({ endedAt }) => endedAt === null);
    const size = isNew ? NEW_AT_ONCE : 1;
    for (let from = 0; from < open.length; from += size) {
      if (interrupt?.aborted === true) return;
      const group = open.slice(from, from + size);
      const loads = await Promise.all(group.map((row) => this.#orAbandon(row, () => this.#load(row, isNew))));
      for (const loaded of loads)
        if (loaded !== null) await this.#orAbandon(loaded.row, () => this.#takeOne(loaded));
      for (const row of group) lanes.set(laneOf(row), row);
    }
    for (const key of lanes.values()) this.#loop.admit(key);
  }

  /** What is wrong with one run fails that one, never those after it: then null. */
  async #orAbandon<Value>(row: RunRow, work: () => Value | Promise<Value>): Promise<Value | null> {
    try {
      return await work();
    } catch (error) {
      if (!isOfOneRun(error)) throw error;
      await this.#loop.abandon(row, error instanceof ServiceError ? error.message : String(error));
      return null;
    }
  }

  #load(row: RunRow, isNew: boolean): Promise<LoadedRun> {
    // A start that cannot read fails, which its operator sees; nobody would see that a new run stands still.
    const patience = { ...this.#options, stopping: this.#stopping.signal };
    return isNew ? readPatiently(() => this.#loader.loadNew(row), patience) : this.#loader.load(row);
  }

  #takeOne(loaded: LoadedRun): void {
    this.#loop.take(loaded);
    const { id: runId, project, workflow, number, status } = loaded.row;
    this.#options.feed.publish([{ kind: "run", runId, project, workflow, number, status }]);
  }

  reviewProperties(): void {
    void this.#review().catch((error: unknown) => {
      // The next start goes by what is deployed.
      if (this.#stopping.signal.aborted) return;
      this.#options.log.error("queued runs go by their old properties until the next deployment", {
        error: String(error),
      });
    });
  }

  async #review(): Promise<void> {
    for (const key of this.#loop.busyWorkflows()) {
      const workflow = await this.#options.store.findWorkflow(key);
      if (workflow !== null) this.#loop.operate(key, workflow.properties);
    }
  }
}

/** What the store or the machine refuses has a code, and would be refused to every run; the rest is this run's. */
function isOfOneRun(error: unknown): boolean {
  return error instanceof ServiceError || !(error instanceof Error && "code" in error);
}

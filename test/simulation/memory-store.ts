import type { JobCounts, StepChange } from "@headwater/engine";
import { matchesSignal } from "@headwater/workflow";
import { addCounts } from "#server/store/job-counts.js";
import { runEnded } from "#server/store/run-ended-signal.js";
import type { SnapshotPage, StoredSnapshot } from "#server/store/run-snapshots.js";
import type { RecordedSignal } from "#server/store/signal-history.js";
import { StoreError } from "#server/store/store-error.js";
import type { UnblockRow } from "#server/store/workflow-holds.js";
import type {
  DueSchedule,
  ForgottenSteps,
  JournalEntry,
  MatchedSignals,
  NewRun,
  NewSignal,
  PastSignal,
  Remembered,
  RepositoryRow,
  RunActionRow,
  RunAdvance,
  RunRow,
  ScheduleFire,
  ScheduleRow,
  SignalRow,
  StepRow,
  Store,
  VersionRow,
  WorkflowBreakpointRow,
  WorkflowKey,
  WorkflowPauseRow,
  WorkflowRow,
} from "#server/store/store.js";

import { isCausedBySomebody } from "#server/store/sqlite/run-actions.js";
import { Notes, type Noted } from "./notes.js";

/** What is deployed, once and for all. */
export interface Deployed {
  readonly repositories: readonly RepositoryRow[];
  readonly workflows: readonly WorkflowRow[];
  readonly versions: ReadonlyMap<string, VersionRow>;
  readonly schedules: readonly ScheduleRow[];
}

interface StoredRun {
  row: RunRow;
  unblocked: UnblockRow | null;
  startedRuns: number;
  /** A snapshot that is not whole yet. */
  coming: { readonly seq: number; readonly pages: string[] } | null;
  snapshot: StoredSnapshot | null;
  /** Of its own steps. */
  jobs: JobCounts;
  readonly journal: JournalEntry[];
  readonly steps: Map<string, StepRow>;
}

/**
 * The part of the store that runs and triggers use, in memory: what is played ten thousand times cannot wait for a database.
 * That it keeps the same contract shows where the same seeds are played on both.
 */
export function createMemoryStore(deployed: Deployed): Store {
  return new Proxy(new MemoryStore(deployed), {
    get(store, name) {
      const method: unknown = Reflect.get(store, name);
      if (typeof method === "function") return method.bind(store) as unknown;
      return () => {
        // Who is refused may take it as a refusal and go on: then what nobody simulates would pass for simulated.
        queueMicrotask(() => {
          throw new TypeError(`The simulation's store has no ${String(name)}(): add it to memory-store.ts`);
        });
        return Promise.reject(new StoreError("store-stopped", "The simulation ends here"));
      };
    },
  }) as unknown as Store;
}

class MemoryStore {
  readonly #deployed: Deployed;
  readonly #notes = {
    pauses: new Notes<Omit<WorkflowPauseRow, "resumed">>(({ workflow }) => workflow),
    breakpoints: new Notes<Omit<WorkflowBreakpointRow, "cleared">>(
      ({ workflow, step }) => `${workflow} ${step}`,
    ),
  };
  readonly #runs = new Map<string, StoredRun>();
  readonly #byTrigger = new Map<string, StoredRun>();
  readonly #signals: Omit<SignalRow, "depth" | "root" | "rootRuns">[] = [];
  readonly #signalKeys = new Map<string, number>();
  readonly #remembered = new Map<string, Remembered>();
  #schedules: readonly ScheduleRow[];
  #matchedUpTo = 0;

  constructor(deployed: Deployed) {
    this.#deployed = deployed;
    this.#schedules = deployed.schedules;
  }

  health(): { readonly status: "ok" } {
    return { status: "ok" };
  }

  async listRepositories(): Promise<readonly RepositoryRow[]> {
    return this.#deployed.repositories;
  }

  async findWorkflow(key: WorkflowKey): Promise<WorkflowRow | null> {
    return this.#deployed.workflows.find(({ workflow }) => workflow === key.workflow) ?? null;
  }

  async findVersion(id: string): Promise<VersionRow | null> {
    return [...this.#deployed.versions.values()].find((version) => version.id === id) ?? null;
  }

  async findVersionAt({ workflow }: WorkflowKey): Promise<string | null> {
    return this.#deployed.versions.get(workflow)?.id ?? null;
  }

  async createRuns(runs: readonly NewRun[]): Promise<readonly RunRow[]> {
    return runs.flatMap((run) => this.#create(run) ?? []);
  }

  #create(run: NewRun): RunRow | null {
    const { id, triggerKey, workflow } = run;
    if (this.#runs.has(id) || (triggerKey !== null && this.#byTrigger.has(triggerKey))) return null;
    const row = newRow(run, this.#rows().filter((other) => other.workflow === workflow).length + 1);
    const stored: StoredRun = {
      row,
      unblocked: null,
      startedRuns: 0,
      coming: null,
      snapshot: null,
      jobs: {},
      journal: [],
      steps: new Map(),
    };
    this.#runs.set(id, stored);
    if (triggerKey !== null) this.#byTrigger.set(triggerKey, stored);
    const root = "root" in row.trigger ? this.#runs.get(row.trigger.root ?? "") : undefined;
    if (root !== undefined) root.startedRuns += 1;
    if (row.endedAt !== null) this.#record(runEnded(row, { status: row.status, at: row.endedAt }));
    return row;
  }

  async advanceRun(advance: RunAdvance): Promise<void> {
    const run = this.#runs.get(advance.runId);
    const first = advance.entries[0]?.seq ?? 0;
    if (run !== undefined && isThere(run, advance)) return;
    if (run === undefined || (first > 0 && first !== run.journal.length + 1)) {
      throw new StoreError("journal-conflict", `Cannot advance run "${advance.runId}" from entry ${first}`);
    }
    run.row = { ...run.row, ...advance.run, ...advance.rebound };
    run.journal.push(...advance.entries);
    keepSteps(run, advance);
    for (const signal of advance.signals) this.#record(signal);
    const { number: runNumber, id: runId } = run.row;
    for (const { step, key, outputs, at } of advance.remembered) {
      this.#remembered.set(rememberedKey({ ...run.row, step, key }), { outputs, at, runNumber, runId });
    }
  }

  async findRemembered(query: Parameters<Store["findRemembered"]>[0]): Promise<Remembered | null> {
    const found = this.#remembered.get(rememberedKey(query));
    return found !== undefined && found.at >= query.since ? found : null;
  }

  async listUnfinishedRuns(): Promise<readonly RunRow[]> {
    return this.#rows().filter(({ endedAt }) => endedAt === null);
  }

  async listJournal(
    runId: string,
    { after = 0, limit }: { readonly after?: number; readonly limit: number },
  ): Promise<readonly JournalEntry[]> {
    return this.#runs.get(runId)?.journal.slice(after, after + limit) ?? [];
  }

  async listRunActions(runId: string): Promise<readonly RunActionRow[]> {
    const journal = this.#runs.get(runId)?.journal ?? [];
    return journal.flatMap(({ seq, at, event }) => (isCausedBySomebody(event) ? [{ seq, at, event }] : []));
  }

  async saveSnapshotPage({ runId, seq, page, text, isLast }: SnapshotPage): Promise<void> {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    if (page === 0 || run.coming?.seq !== seq) run.coming = { seq, pages: [] };
    run.coming.pages.push(text);
    if (isLast) run.snapshot = run.coming;
  }

  async readSnapshot(runId: string): Promise<StoredSnapshot | null> {
    return this.#runs.get(runId)?.snapshot ?? null;
  }

  async readJournal(runId: string): Promise<readonly JournalEntry[]> {
    return [...(this.#runs.get(runId)?.journal ?? [])];
  }

  async findRun(id: string): Promise<RunRow | null> {
    const run = this.#runs.get(id);
    return run === undefined ? null : { ...run.row, jobs: this.#jobsOf(run) };
  }

  /** With those of the runs that count in it, all counted anew. */
  #jobsOf({ jobs, steps }: StoredRun): JobCounts {
    const runs = [...steps.values()].flatMap(({ startedRun }) => this.#runs.get(startedRun ?? "") ?? []);
    return addCounts([jobs, ...runs.map((run) => this.#jobsOf(run))]) ?? {};
  }

  async findRunByTriggerKey(triggerKey: string): Promise<RunRow | null> {
    return this.#byTrigger.get(triggerKey)?.row ?? null;
  }

  async findBlockingRun({ workflow }: WorkflowKey): Promise<RunRow | null> {
    const last = this.#lastEnded(workflow);
    return last?.row.status === "failed" && last.unblocked === null ? last.row : null;
  }

  async findUnblock({ workflow }: WorkflowKey): Promise<UnblockRow | null> {
    const last = this.#lastEnded(workflow);
    return last?.row.status === "failed" ? last.unblocked : null;
  }

  #lastEnded(workflow: string): StoredRun | undefined {
    const ended = [...this.#runs.values()].filter(
      ({ row }) =>
        row.workflow === workflow &&
        row.endedAt !== null &&
        (row.startedAt !== null || row.status === "failed"),
    );
    return ended.at(-1);
  }

  async unblockRun(runId: string, unblocked: Omit<UnblockRow, "number">): Promise<boolean> {
    const run = this.#runs.get(runId);
    if (run === undefined || run.unblocked !== null) return false;
    run.unblocked = { ...unblocked, number: run.row.number };
    return true;
  }

  async listSteps(runId: string): Promise<readonly StepRow[]> {
    return [...(this.#runs.get(runId)?.steps.values() ?? [])];
  }

  async pauseWorkflow(pause: Omit<WorkflowPauseRow, "resumed">): Promise<boolean> {
    return this.#notes.pauses.add(pause);
  }

  async resumeWorkflow(resumed: Omit<WorkflowPauseRow, "resumed">): Promise<boolean> {
    return this.#notes.pauses.end(resumed);
  }

  async listPausedWorkflows(): Promise<readonly WorkflowPauseRow[]> {
    return this.#notes.pauses.open().map(toPause);
  }

  async listPauses({ workflow }: WorkflowKey, limit: number): Promise<readonly WorkflowPauseRow[]> {
    return this.#notes.pauses.of(workflow, limit).map(toPause);
  }

  async setBreakpoint(breakpoint: Omit<WorkflowBreakpointRow, "cleared">): Promise<boolean> {
    return this.#notes.breakpoints.add(breakpoint);
  }

  async clearBreakpoint(cleared: Omit<WorkflowBreakpointRow, "cleared">): Promise<boolean> {
    return this.#notes.breakpoints.end(cleared);
  }

  async listOpenBreakpoints(): Promise<readonly WorkflowBreakpointRow[]> {
    return this.#notes.breakpoints.open().map(({ ended, ...row }) => ({ ...row, cleared: ended }));
  }

  async nextScheduleAt(): Promise<number | null> {
    const times = this.#goingSchedules().flatMap(({ nextAt }) => nextAt ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  async listDueSchedules(now: number): Promise<readonly DueSchedule[]> {
    const due = this.#goingSchedules().filter(({ nextAt }) => nextAt !== null && nextAt <= now);
    return due.map((schedule) => {
      const [latest] = this.#notes.pauses.of(schedule.workflow, 1);
      return {
        ...schedule,
        resumedAt: latest?.ended?.at ?? null,
        versionId: this.#liveVersion(schedule),
        past: null,
      };
    });
  }

  #liveVersion(schedule: ScheduleRow): string | null {
    const live = this.#deployed.workflows.find(({ workflow }) => workflow === schedule.workflow);
    return live?.removedAt === null ? live.versionId : null;
  }

  /** Those of workflows that nobody has paused. */
  #goingSchedules(): readonly ScheduleRow[] {
    const paused = new Set(this.#notes.pauses.open().map(({ workflow }) => workflow));
    return this.#schedules.filter(({ workflow }) => !paused.has(workflow));
  }

  async fireSchedules(fires: readonly ScheduleFire[]): Promise<readonly RunRow[]> {
    const runs: NewRun[] = [];
    this.#schedules = this.#schedules.map((schedule) => {
      const fire = fires.find(({ scheduleId }) => scheduleId === schedule.id);
      if (fire === undefined || fire.expectedSlotAt !== schedule.nextSlotAt) return schedule;
      if (fire.versionId !== this.#liveVersion(schedule)) return schedule;
      runs.push(...fire.runs);
      return { ...schedule, nextSlotAt: fire.nextSlotAt, nextAt: fire.nextAt };
    });
    return this.createRuns(runs);
  }

  async recordSignal(signal: NewSignal): Promise<RecordedSignal> {
    const isNew = !this.#signalKeys.has(signal.key);
    return { id: this.#record(signal), isNew };
  }

  #record(signal: NewSignal): number {
    const known = this.#signalKeys.get(signal.key);
    if (known !== undefined) return known;
    const id = this.#signals.length + 1;
    this.#signals.push({ ...signal, id });
    this.#signalKeys.set(signal.key, id);
    return id;
  }

  async listUnmatchedSignals(limit: number, after = 0): Promise<readonly SignalRow[]> {
    const first = Math.max(this.#matchedUpTo, after);
    return this.#signals.slice(first, first + limit).map((signal) => this.#withRoot(signal));
  }

  #withRoot(signal: Omit<SignalRow, "depth" | "root" | "rootRuns">): SignalRow {
    const emitter = signal.runId === null ? undefined : this.#runs.get(signal.runId)?.row;
    if (emitter === undefined) return { ...signal, depth: 0, root: null, rootRuns: 0 };
    const before = "depth" in emitter.trigger ? emitter.trigger : { depth: 0, root: null };
    const root = before.root ?? emitter.id;
    return { ...signal, depth: before.depth + 1, root, rootRuns: this.#runs.get(root)?.startedRuns ?? 0 };
  }

  async findListenerEdition(): Promise<number> {
    return 0;
  }

  async listSignalListeners({ signal, params }: NewSignal): Promise<readonly WorkflowRow[]> {
    return this.#deployed.workflows.filter(({ workflow }) =>
      this.#deployed.versions.get(workflow)?.definition.triggers.some((trigger) => {
        if (trigger.kind === "signal")
          return trigger.signal === signal && matchesSignal(trigger.match, params);
        return trigger.kind === "workflow" && signal.endsWith(`/${trigger.workflow}`);
      }),
    );
  }

  async listJoinedSignals(): Promise<readonly never[]> {
    return [];
  }

  async matchSignals(
    upToSignalId: number,
    { runs }: { readonly runs: readonly NewRun[] },
  ): Promise<MatchedSignals> {
    const isOutdated = false;
    if (upToSignalId <= this.#matchedUpTo) return { isOutdated, runs: [], forgotten: [] };
    this.#matchedUpTo = upToSignalId;
    return { isOutdated, runs: await this.createRuns(runs), forgotten: [] };
  }

  async listSignals(query: Parameters<Store["listSignals"]>[0]): Promise<readonly PastSignal[]> {
    const { signal, since, after, limit } = query;
    return this.#signals
      .filter((one) => one.signal === signal && one.at >= since)
      .sort((one, other) => one.at - other.at || one.id - other.id)
      .filter(({ at, id }) => after === undefined || at > after.at || (at === after.at && id > after.id))
      .slice(0, limit);
  }

  #rows(): readonly RunRow[] {
    return [...this.#runs.values()].map(({ row }) => row);
  }
}

/** All of it, entry for entry: it is tried again. */
function isThere({ journal }: StoredRun, { entries }: RunAdvance): boolean {
  const first = entries[0]?.seq;
  if (first === undefined || journal.length < first - 1 + entries.length) return false;
  return entries.every((entry, index) => journal[first - 1 + index] === entry);
}

/** A step that is there already keeps its position. */
function keepStep({ row, steps }: StoredRun, step: StepChange): void {
  const position = steps.get(step.path)?.position ?? steps.size + 1;
  steps.set(step.path, { ...step, runId: row.id, position });
}

function keepSteps(run: StoredRun, { forgotten = [], steps, jobs = run.jobs }: RunAdvance): void {
  run.jobs = jobs;
  for (const one of forgotten) forgetSteps(run, one);
  for (const step of steps) keepStep(run, step);
}

function forgetSteps({ steps }: StoredRun, { path, isGone }: ForgottenSteps): void {
  for (const other of steps.keys()) {
    if (other.startsWith(`${path}[`) || (isGone && other === path)) steps.delete(other);
  }
}

function newRow({ failedReason, dueAt = null, ...run }: NewRun, number: number): RunRow {
  const begun =
    failedReason === undefined
      ? ({ status: "queued", reason: null, endedAt: null } as const)
      : ({ status: "failed", reason: failedReason, endedAt: run.createdAt } as const);
  return {
    ...run,
    ...begun,
    number,
    attempt: 1,
    startedAt: null,
    outputs: null,
    dueAt,
    lateAt: null,
    jobs: {},
  };
}

function toPause({ ended, ...pause }: Noted<Omit<WorkflowPauseRow, "resumed">>): WorkflowPauseRow {
  return { ...pause, resumed: ended };
}

function rememberedKey({
  workflow,
  step,
  key,
}: Pick<WorkflowKey, "workflow"> & { step: string; key: string }): string {
  return `${workflow} ${step} ${key}`;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileProject, createEvaluator, createScheduleReader } from "@headwater/workflow";
import type { CompiledProject, Json, SourceTree } from "@headwater/workflow";
import type { Capacity } from "#server/capacity/capacity.js";
import { LocalCapacity } from "#server/capacity/local-capacity.js";
import { type ChangeFeed, createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { resolveConfig } from "#server/config.js";
import { systemIds } from "#server/ids.js";
import { logFileOf, outputFileOf } from "#server/logs/log-files.js";
import type { LogFields } from "#server/log.js";
import { createRuns } from "#server/runs/create-runs.js";
import type { Runs } from "#server/runs/runs.js";
import { WorkflowBreakpoints } from "#server/runs/workflow-breakpoints.js";
import { WorkflowPauses } from "#server/runs/workflow-pauses.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { RunRow, Store } from "#server/store/store.js";
import { createTriggers } from "#server/triggers/create-triggers.js";
import { createLocalWorkers } from "#server/workers/local-workers.js";
import type { Workers } from "#server/workers/workers.js";

/** Runs, triggers, workers and the store for real, in this process; no Git and no HTTP around them. */
export interface LocalRuns {
  readonly runs: Runs;
  readonly pauses: WorkflowPauses;
  readonly breakpoints: WorkflowBreakpoints;
  readonly capacity: Capacity;
  readonly feed: ChangeFeed;
  readonly store: Store;
  readonly dataFolder: string;
  /** Runs whose working copies were given up. */
  readonly released: readonly string[];
  /** Starts a run of a workflow of project `local`. */
  start(workflow: string, params?: Readonly<Record<string, Json>>, requestId?: string): Promise<RunRow>;
  /** A signal from outside. */
  send(signal: string, params: Readonly<Record<string, Json>>): Promise<void>;
  /** Another commit of the project, with these files. */
  deploy(files: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves with the run as it ended. */
  ended(runId: string): Promise<RunRow>;
  /** Ends everything; the data folder stays when `keep` is true. */
  stop(keep?: boolean): Promise<void>;
}

export interface LocalRunsOptions {
  /** Default: those of this machine. */
  readonly workers?: Workers;
  /** Attempts at once. */
  readonly slots?: number;
  /** Slots of other pools. */
  readonly pools?: Readonly<Record<string, number>>;
  readonly chainedRunsMax?: number;
  /** Interrupts the start of the runs. */
  readonly interrupt?: AbortSignal;
  /** In place of the store's own: how journals are written. */
  readonly advanceRun?: Store["advanceRun"];
  /** In place of the store's own: what the runs use of it. */
  readonly reads?: (store: Store) => Partial<Store>;
  /** After so many entries of its journal how a run stands is written down. */
  readonly snapshotEvery?: number;
  /** Is told every warning. */
  readonly onWarning?: (message: string, fields?: LogFields) => void;
  /** Is told every error of the runs; default: standard error is. */
  readonly onError?: (message: string, fields?: LogFields) => void;
}

const COMMIT = "0".repeat(40);
const silent = { info: () => undefined, warn: () => undefined, error: report };

/** @param files path → text of the workflows; @param dataFolder one that was kept, to start again on */
export async function startLocalRuns(
  files: Readonly<Record<string, string>>,
  dataFolder: string = mkdtempSync(join(tmpdir(), "headwater-runs-")),
  options: LocalRunsOptions = {},
): Promise<LocalRuns> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  const feed = createChangeFeed({ boot: "test", remembered: 1000 });
  const config = resolveConfig({ dataFolder }, { PATH: process.env["PATH"] }, "/");
  const released: string[] = [];
  const workers =
    options.workers ??
    createLocalWorkers({ config, clock: systemClock, ids: systemIds, nodePath: process.execPath });
  const evaluator = createEvaluator();
  const { slots = 8, pools = {} } = options;
  const capacity = new LocalCapacity({ pools: { ...pools, default: slots }, clock: systemClock });
  const pauses = new WorkflowPauses({
    store,
    clock: systemClock,
    feed,
    onResumed: (key) => [runs.admit(key), triggers.wakeSchedules()],
  });
  const breakpoints = new WorkflowBreakpoints({
    store,
    clock: systemClock,
    feed,
    pauses,
    onChanged: (key, change) => runs.reviewBreakpoints(key, change),
  });
  const { onWarning = () => undefined } = options;
  const log = { ...silent, warn: onWarning };
  const scheduleReader = createScheduleReader();
  const runs = createRuns({
    evaluator,
    scheduleReader,
    store: storeOfRuns(store, options),
    workers,
    capacity,
    pauses,
    breakpoints,
    source: { checkOut: async () => dataFolder, endRun: ({ id }) => void released.push(id) },
    dataFolder,
    logFile: (runId, path, attempt) => logFileOf(dataFolder, runId, { path, attempt }),
    outputFile: (runId, path, attempt) => outputFileOf(dataFolder, runId, { path, attempt }),
    clock: systemClock,
    ids: systemIds,
    feed,
    log: { ...log, error: options.onError ?? report },
    url: () => "http://local",
    onSignals: () => triggers.wakeSignals(),
    ...(options.snapshotEvery === undefined ? {} : { snapshotEvery: options.snapshotEvery }),
  });
  const { chainedRunsMax = 10_000 } = options;
  const triggers = createTriggers({
    store,
    runs,
    clock: systemClock,
    ids: systemIds,
    log,
    chainedRunsMax,
    evaluator,
    scheduleReader,
  });
  const waiting = new Map<string, () => void>();
  feed.subscribe(null, (published) => {
    if (published?.change.kind === "run") waiting.get(published.change.runId)?.();
  });
  await store.start();
  await workers.start();
  await deploy(store, compile(files));
  await pauses.start();
  await breakpoints.start();
  await runs.start(options.interrupt);
  await triggers.start();

  return {
    runs,
    pauses,
    breakpoints,
    capacity,
    feed,
    store,
    dataFolder,
    released,
    async send(signal, params) {
      const now = systemClock.now();
      await store.recordSignal({
        key: systemIds.next("sig", now),
        signal,
        params,
        environment: "production",
        runId: null,
        at: now,
      });
      triggers.wakeSignals();
    },
    async deploy(next) {
      await deploy(store, compile(next));
      runs.reviewProperties();
    },
    start: (workflow, params = {}, requestId) =>
      runs.startRun({
        key: { project: "local", environment: "production", workflow },
        params,
        by: "test",
        ...(requestId === undefined ? {} : { requestId }),
      }),
    async ended(runId) {
      for (;;) {
        const changed = new Promise<void>((resolve) => waiting.set(runId, resolve));
        const row = await store.findRun(runId);
        if (row !== null && row.endedAt !== null) {
          waiting.delete(runId);
          return row;
        }
        await changed;
      }
    },
    async stop(keep = false) {
      await triggers.stop();
      await runs.stop();
      await workers.stop();
      await store.stop();
      if (!keep) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

function storeOfRuns(store: Store, { reads, advanceRun }: LocalRunsOptions): Store {
  const own = advanceRun === undefined ? {} : { advanceRun };
  return { ...store, ...reads?.(store), ...own };
}

function compile(files: Readonly<Record<string, string>>): CompiledProject {
  const compiled = compileProject(treeOf({ "headwater.yaml": "project: local\n", ...files }));
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DoesNotCompile(JSON.stringify(errors));
  return compiled;
}

async function deploy(store: Store, compiled: CompiledProject): Promise<void> {
  const now = systemClock.now();
  await store.saveRepository({
    id: "repository",
    name: "local",
    url: "/local",
    branch: "main",
    createdAt: now,
    headCommit: COMMIT,
    checkedAt: now,
    follows: "branch",
    declared: null,
    problem: null,
  });
  await store.activateDeployment({
    deployment: {
      id: systemIds.next("dep", now),
      repositoryId: "repository",
      project: "local",
      environment: "production",
      commit: COMMIT,
      commitAuthor: null,
      branch: "main",
      commitCommitter: null,
      commitSubject: null,
      committedAt: null,
      status: "active",
      reason: null,
      diagnostics: [],
      added: [],
      changed: [],
      removed: [],
      unchanged: 0,
      rewritten: null,
      seenAt: now,
      endedAt: now,
    },
    settings: compiled.settings,
    workflows: compiled.workflows.map(({ id, path, definition, properties, fingerprint }) => ({
      workflow: id,
      path,
      properties,
      schedules: [],
      version: {
        id: `version-of-${id}-${fingerprint.slice(0, 12)}`,
        project: "local",
        workflow: id,
        number: 0,
        fingerprint,
        commit: COMMIT,
        createdAt: now,
        definition,
      },
    })),
    removed: [],
    buried: [],
  });
}

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const encoder = new TextEncoder();
  return {
    paths: Object.keys(files).sort(),
    contentId: (path) => files[path],
    read: (path) => (files[path] === undefined ? undefined : encoder.encode(files[path])),
  };
}

function report(message: string, fields: LogFields = {}): void {
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
}

class DoesNotCompile extends Error {
  readonly code = "does-not-compile";
}

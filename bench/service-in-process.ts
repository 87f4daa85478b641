import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileProject } from "@headwater/workflow";
import type { SourceTree } from "@headwater/workflow";
import { Capacity } from "#server/capacity/capacity.js";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { resolveConfig } from "#server/config.js";
import { systemIds } from "#server/ids.js";
import { logFileOf, outputFileOf } from "#server/logs/log-files.js";
import { createRuns } from "#server/runs/create-runs.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { createLocalWorkers } from "#server/workers/local-workers.js";

/** The engine's shell with its real store and workers, without Git and HTTP around it: what a step costs. */
export interface BenchService {
  /** Starts a run and resolves when its end is durable. @throws when it did not succeed */
  run(workflow: string): Promise<void>;
  stop(): Promise<void>;
}

const COMMIT = "0".repeat(40);
const silent = { info: () => undefined, warn: () => undefined, error: console.error };

/** @param files path → text of one project; its working copy is an empty folder. */
export async function startBenchService(files: Readonly<Record<string, string>>): Promise<BenchService> {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-bench-"));
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  const feed = createChangeFeed({ boot: "bench", remembered: 1000 });
  const config = resolveConfig({ dataFolder }, { PATH: process.env["PATH"] }, "/");
  const workers = createLocalWorkers({ config, clock: systemClock, nodePath: process.execPath });
  const runs = createRuns({
    store,
    workers,
    capacity: new Capacity(config.maxParallelAttempts),
    source: { checkOut: async () => dataFolder },
    dataFolder,
    logFile: (runId, path, attempt) => logFileOf(dataFolder, runId, { path, attempt }),
    outputFile: (runId, path, attempt) => outputFileOf(dataFolder, runId, { path, attempt }),
    clock: systemClock,
    ids: systemIds,
    feed,
    log: silent,
    url: () => "http://bench",
    onSignals: () => undefined,
  });
  await store.start();
  await workers.start();
  await runs.start();
  await deploy(files);

  const waiting = new Map<string, (status: string) => void>();
  const early = new Map<string, string>();
  feed.subscribe(null, (published) => {
    if (published?.change.kind !== "run" || ["queued", "running"].includes(published.change.status)) return;
    const { runId, status } = published.change;
    const waiter = waiting.get(runId);
    if (waiter === undefined) early.set(runId, status);
    else waiter(status);
  });

  return {
    async run(workflow) {
      const row = await runs.startRun({ key: { project: "bench", environment: "production", workflow }, params: {}, by: "bench" });
      const status = early.get(row.id) ?? (await new Promise<string>((resolve) => waiting.set(row.id, resolve)));
      waiting.delete(row.id);
      early.delete(row.id);
      if (status !== "succeeded") throw new RunNotSucceeded(`${workflow} ended ${status}`);
    },
    async stop() {
      await runs.stop();
      await workers.stop();
      await store.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };

  async function deploy(sources: Readonly<Record<string, string>>): Promise<void> {
    const compiled = compileProject(treeOf({ "headwater.yaml": "project: bench\n", ...sources }));
    const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new RunNotSucceeded(JSON.stringify(errors));
    const now = systemClock.now();
    await store.saveRepository({ id: "repo", name: "bench", url: "/bench", branch: "main", createdAt: now, headCommit: COMMIT, checkedAt: now, problem: null });
    await store.activateDeployment({
      deployment: {
        id: "deployment", repositoryId: "repo", project: "bench", environment: "production", commit: COMMIT, commitAuthor: null,
        commitSubject: null, committedAt: null, status: "active", reason: null, diagnostics: [], added: [], changed: [], removed: [],
        unchanged: 0, seenAt: now, endedAt: now,
      },
      settings: compiled.settings,
      workflows: compiled.workflows.map(({ id, path, definition, properties, fingerprint }) => ({
        workflow: id,
        path,
        properties,
        schedules: [],
        version: { id: `v-${id}`, project: "bench", workflow: id, number: 0, fingerprint, commit: COMMIT, createdAt: now, definition },
      })),
      removed: [],
    });
  }
}

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const encoder = new TextEncoder();
  return {
    paths: Object.keys(files).sort(),
    contentId: (path) => files[path],
    read: (path) => (files[path] === undefined ? undefined : encoder.encode(files[path])),
  };
}

class RunNotSucceeded extends Error {
  readonly code = "run-not-succeeded";
}

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Capacity } from "./capacity/capacity.js";
import { createChangeFeed } from "./changes/change-feed.js";
import { systemClock } from "./clock.js";
import type { Config } from "./config.js";
import { createHousekeeping } from "./housekeeping.js";
import { createHttpServer } from "./http/create-http-server.js";
import { systemIds } from "./ids.js";
import type { Log } from "./log.js";
import { logFileOf, outputFileOf } from "./logs/log-files.js";
import { createRegistry } from "./registry/create-registry.js";
import { createRuns } from "./runs/create-runs.js";
import { createSource } from "./source/create-source.js";
import { createSqliteStore } from "./store/sqlite/create-sqlite-store.js";
import { createTriggers } from "./triggers/create-triggers.js";
import { createLocalWorkers } from "./workers/local-workers.js";

/** A service that is up. */
export interface Service {
  /** Where it listens, such as `http://127.0.0.1:7474`. */
  readonly url: string;
  /** Ends it in order; what runs is stopped and goes on with the next start. Idempotent. */
  stop(): Promise<void>;
}

const REMEMBERED_CHANGES = 10_000;

/**
 * The composition root: builds every part, hands each what it needs, starts them from the bottom up.
 * @throws StoreError when the data folder cannot be used; ServiceError when the port cannot
 */
export async function startService({
  config,
  log,
}: {
  readonly config: Config;
  readonly log: Log;
}): Promise<Service> {
  const clock = systemClock;
  const ids = systemIds;
  const boot = ids.next("boot", clock.now());
  const feed = createChangeFeed({ boot, remembered: REMEMBERED_CHANGES });
  const { dataFolder } = config;
  let url = "";

  const store = createSqliteStore({ dataFolder, clock });
  const workers = createLocalWorkers({ config, clock, nodePath: process.execPath });
  const source = createSource({
    dataFolder,
    store,
    clock,
    ids,
    feed,
    log,
    pollIntervalMs: config.pollIntervalMs,
    environment: config.environment,
    onCommit: async (commit) => void (await registry.deploy(commit)),
  });
  const registry = createRegistry({
    store,
    source,
    clock,
    ids,
    feed,
    log,
    onActivated: () => triggers.wakeSchedules(),
  });
  // Emptied at every start: what a killed attempt has left there is never read as the outputs of the next.
  const scratch = join(dataFolder, "scratch");
  const runs = createRuns({
    store,
    workers,
    capacity: new Capacity(config.maxParallelAttempts),
    source,
    dataFolder,
    logFile: (runId, path, attempt) => logFileOf(dataFolder, runId, { path, attempt }),
    outputFile: (runId, path, attempt) => outputFileOf(scratch, runId, { path, attempt }),
    clock,
    ids,
    feed,
    log,
    url: () => url,
    onSignals: () => triggers.wakeSignals(),
  });
  const triggers = createTriggers({ store, runs, clock, ids, log });
  const http = createHttpServer({
    config,
    store,
    source,
    runs,
    feed,
    clock,
    log,
    onSignal: () => triggers.wakeSignals(),
  });

  const housekeeping = createHousekeeping({ dataFolder, keepLogsMs: config.keepLogsMs, clock, log });
  const parts = [store, http, workers, source, runs, triggers, housekeeping];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= stopInReverse(parts));
  try {
    await store.start();
    rmSync(scratch, { recursive: true, force: true });
    ({ url } = await http.start());
    for (const part of parts.slice(2)) await part.start();
  } catch (error) {
    await stop();
    throw error;
  }
  announce(dataFolder, { url, pid: process.pid, startedAt: clock.now() });
  return { url, stop };
}

/** Tells the command line where the service is, and a second service who holds the folder. */
function announce(
  dataFolder: string,
  server: { readonly url: string; readonly pid: number; readonly startedAt: number },
): void {
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(join(dataFolder, "server.json"), `${JSON.stringify(server)}\n`);
}

async function stopInReverse(parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const part of [...parts].reverse()) await part.stop();
}

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEvaluator, createScheduleReader } from "@headwater/workflow";
import type { Evaluator, ScheduleReader } from "@headwater/workflow";
import type { AlertsOptions } from "./alerts/alert-options.js";
import { createAlerts, type AlertTeller } from "./alerts/create-alerts.js";
import { LocalCapacity } from "./capacity/local-capacity.js";
import { PermitLimits } from "./capacity/permit-limits.js";
import { createChangeFeed } from "./changes/change-feed.js";
import { systemClock } from "./clock.js";
import type { Config } from "./config.js";
import { createHousekeeping } from "./housekeeping/housekeeping.js";
import { createSecrets } from "./secrets/create-secrets.js";
import { createHttpServer, type HttpServer } from "./http/create-http-server.js";
import { tryAddress } from "./http/listening.js";
import { systemIds } from "./ids.js";
import type { Log } from "./log.js";
import { logFileOf, outputFileOf } from "./logs/log-files.js";
import { createPreviews } from "./previews/create-previews.js";
import { createBuildReader } from "./registry/build-id.js";
import { createRegistry } from "./registry/create-registry.js";
import { Compilers, type CompilersOptions } from "./review/compiler/compilers.js";
import { warnOfRights } from "./review/compiler/permission-flags.js";
import type { ReviewOptions } from "./review/create-review.js";
import { GithubReviews } from "./review/github/github-reviews.js";
import { GitlabReviews, type GitlabReviewsOptions } from "./review/gitlab/gitlab-reviews.js";
import { createRuns, type RunsOptions } from "./runs/create-runs.js";
import type { Runs } from "./runs/runs.js";
import { WorkflowBreakpoints, type WorkflowBreakpointsOptions } from "./runs/workflow-breakpoints.js";
import { WorkflowPauses, type WorkflowPausesOptions } from "./runs/workflow-pauses.js";
import { createSource, type SourceOptions } from "./source/create-source.js";
import { createSqliteStore } from "./store/sqlite/create-sqlite-store.js";
import { StoreError } from "./store/store-error.js";
import type { Store } from "./store/store.js";
import { tellHealth } from "./tell-health.js";
import { createBackfills } from "./triggers/backfills/create-backfills.js";
import { createTriggers } from "./triggers/create-triggers.js";
import { createLocalWorkers } from "./workers/local-workers.js";
import type { Workers } from "./workers/workers.js";

/** A service that is up. */
export interface Service {
  /** Where it listens, such as `http://127.0.0.1:7474`. */
  readonly url: string;
  /** Ends it in order; what runs is stopped and goes on with the next start. Idempotent. */
  stop(): Promise<void>;
}

const REMEMBERED_CHANGES = 10_000;

/**
 * Starts every part from the bottom up, and ends what was begun when one cannot start, or when `interrupt` comes before
 * every part is up: then the answer is null.
 * @throws StoreError when the data folder cannot be used; ServiceError when the port cannot
 */
export async function startService(options: {
  readonly config: Config;
  readonly log: Log;
  /** Nobody waits for the start any more. */
  readonly interrupt?: AbortSignal;
  /** How patient it is with a host of repositories; by default as hosts ask for. */
  readonly patience?: ReviewPatience;
}): Promise<Service | null> {
  const { dataFolder } = options.config;
  // Emptied at every start: what a killed attempt has left there is never read as the outputs of the next.
  const scratch = join(dataFolder, "scratch");
  let url = "";
  const parts = compose({ ...options, scratch, url: () => options.config.publicUrl ?? url });
  const { store, workers, http, ground, drivers } = parts;
  const { interrupt = new AbortController().signal } = options;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    http.close();
    return (stopping ??= stopParts(parts));
  };
  const part = async (start: () => Promise<void>): Promise<void> => {
    if (!interrupt.aborted) await start();
  };
  // A start that cannot be leaves no folder behind. One that is there already says first who has it, if somebody has.
  if (!existsSync(dataFolder)) await tryAddress(options.config);
  try {
    await part(() => store.start());
    await part(() => workers.start(interrupt));
    rmSync(scratch, { recursive: true, force: true });
    await part(async () => void ({ url } = await http.start()));
    for (const one of [...ground, ...drivers]) await part(() => one.start(interrupt));
    if (interrupt.aborted) {
      await stop();
      return null;
    }
    warnOfRights(options.log);
    http.open();
    announce(dataFolder, { url, pid: process.pid, startedAt: systemClock.now() });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

type ReviewPatience = Pick<ReviewOptions, "retryMs" | "writesPerMinute" | "writesPerHour" | "underWayMsMax"> &
  Pick<GitlabReviewsOptions, "lockedMs"> &
  Pick<CompilersOptions, "forkMsMax"> &
  Pick<SourceOptions, "forkLimits">;

interface Part {
  /** Ends early, and then need not have done all, when `interrupt` comes: `stop` follows. */
  start(interrupt: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

interface Composition {
  readonly store: Store;
  /** Before anything else that could begin: its start ends what a killed service has left. */
  readonly workers: Workers;
  readonly http: HttpServer;
  /** What those above them stand on, in the order in which they start. */
  readonly ground: readonly Part[];
  /** What begins something by itself: runs and what starts them. They start after all others. */
  readonly drivers: readonly Part[];
}

/** The composition root: builds every part and hands each what it needs. */
function compose(options: {
  readonly config: Config;
  readonly log: Log;
  readonly scratch: string;
  readonly url: () => string;
  readonly patience?: ReviewPatience;
}): Composition {
  const readBuild = createBuildReader({ versions: process.versions, startedAt: performance.timeOrigin });
  const { config, log, scratch, url, patience } = options;
  const { dataFolder, environment } = config;
  const [clock, ids, tools] = [systemClock, systemIds, createTools()];
  const feed = createChangeFeed({ boot: ids.next("boot", clock.now()), remembered: REMEMBERED_CHANGES });
  const shared = { dataFolder, clock, ids, feed, log, url, environment, readSecret: secretReader(config) };
  const store = createSqliteStore({ ...shared, onHealth: tellHealth(log) });
  const workers = createLocalWorkers({ config, clock, ids, nodePath: process.execPath });
  const source = createSource({
    ...patience,
    ...config,
    ...shared,
    store,
    hostLogin: async (url) => (await gitlab.findGitLogin(url)) ?? review.findGitLogin(url),
    onCommit: async (commit) => void (await registry.deploy(commit)),
    onGone: (repositoryId) => void registry.forget(repositoryId),
  });
  const onActivated = (): unknown => [triggers.wakeSchedules(), runs.reviewProperties()];
  const registry = createRegistry({ ...shared, store, source, onActivated, readBuild });
  const capacity = new LocalCapacity({ pools: config.pools, clock });
  const permits = new PermitLimits({ store, capacity, clock, configured: config.permits });
  const holds = createHolds({
    ...shared,
    store,
    onResumed: (key) => [runs.admit(key), triggers.wakeSchedules()],
    onChanged: (key, change) => runs.reviewBreakpoints(key, change),
  });
  const parts = { ...shared, registry, store, source, capacity, ...holds };
  const onSignals = (): unknown => [triggers.wakeSignals(), backfills.wake(), alerts.wake()];
  const files = attemptFiles(dataFolder, scratch);
  const runs = createRuns({ ...parts, ...tools, ...files, workers, onSignals });
  const triggers = createTriggers({ ...shared, ...tools, store, runs, timeZoneData: process.versions["tz"] });
  const backfills = createBackfills({ ...shared, ...tools, branches: registry, store, runs });
  const alerts = createTeller(config, { ...shared, store }, runs);
  const [previews, compilers] = [createPreviews({ ...parts, runs }), new Compilers({ clock, ...patience })];
  const reviewing = { ...parts, previews, compilers, ...patience, ...config };
  const [review, gitlab] = [new GithubReviews(reviewing), new GitlabReviews(reviewing)];
  const rooms = { ...parts, backfills, alerts, runs, permits, review, gitlab };
  const http = createHttpServer({ ...rooms, config, onSignal: onSignals });
  const keeping = createHousekeeping({ ...config, ...shared, store, source });
  const drivers = [runs, triggers, backfills, alerts, keeping, previews, review, gitlab];
  return { store, workers, http, ground: [registry, source, permits, ...Object.values(holds)], drivers };
}

/** Where an attempt leaves its log and its outputs. */
function attemptFiles(dataFolder: string, scratch: string): Pick<RunsOptions, "logFile" | "outputFile"> {
  return {
    logFile: (runId, path, attempt) => logFileOf(dataFolder, runId, { path, attempt }),
    outputFile: (runId, path, attempt) => outputFileOf(scratch, runId, { path, attempt }),
  };
}

/** Reads one secret of the service, as it is at that moment. */
function secretReader(config: Config): (name: string) => Promise<string | null> {
  const secrets = createSecrets(config);
  return async (name) => (await secrets.read([name], "live")).get(name) ?? null;
}

/** One for all: they are dear to make, and the evaluator remembers the expressions that it has read. */
function createTools(): { readonly evaluator: Evaluator; readonly scheduleReader: ScheduleReader } {
  return { evaluator: createEvaluator(), scheduleReader: createScheduleReader() };
}

/** Who is told what happens. */
function createTeller(
  config: Config,
  shared: Omit<AlertsOptions, "config" | "secrets" | "waitsFor">,
  runs: Pick<Runs, "queueReason" | "explain">,
): AlertTeller {
  return createAlerts({
    ...shared,
    config: config.alerts,
    secrets: createSecrets(config),
    waitsFor: (run) => runs.queueReason(run.id) ?? runs.explain(run)[0]?.reason ?? null,
  });
}

/** What people hold of workflows; it must be known before anything of them begins. */
function createHolds(options: WorkflowPausesOptions & Omit<WorkflowBreakpointsOptions, "pauses">): {
  readonly pauses: WorkflowPauses;
  readonly breakpoints: WorkflowBreakpoints;
} {
  const pauses = new WorkflowPauses(options);
  return { pauses, breakpoints: new WorkflowBreakpoints({ ...options, pauses }) };
}

/**
 * Tells the command line where the service is, and a second service who holds the folder.
 * @throws StoreError data-folder-unwritable
 */
function announce(
  dataFolder: string,
  server: { readonly url: string; readonly pid: number; readonly startedAt: number },
): void {
  const path = join(dataFolder, "server.json");
  try {
    writeFileSync(path, `${JSON.stringify(server)}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      "data-folder-unwritable",
      `Cannot write "${path}", which says where the service is: ${reason}. Remove it, or make it writable`,
      { cause },
    );
  }
}

/**
 * In the reverse of the order in which they start, but for the workers: once the runs have stopped nobody hears how an attempt
 * ends, so that one which ended while the others stop would be done again.
 */
async function stopParts({ store, workers, http, ground, drivers }: Composition): Promise<void> {
  await stopInReverse(drivers);
  await Promise.all([workers.stop(), stopInReverse([http, ...ground])]);
  await store.stop();
}

async function stopInReverse(parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const part of [...parts].reverse()) await part.stop();
}

import type { AttemptResult } from "@headwater/engine";
import { createEvaluator } from "@headwater/workflow";
import { availableParallelism, userInfo } from "node:os";
import { dirname } from "node:path";
import type { Clock } from "../clock.js";
import type { Config } from "../config.js";
import { explainDiskFailure } from "../disk-failure.js";
import type { Ids } from "../ids.js";
import { LogCompressor } from "../logs/log-compressor.js";
import { createSecrets } from "../secrets/create-secrets.js";
import type { Secrets } from "../secrets/secrets.js";
import { SecretsError } from "../secrets/secrets-error.js";
import { Containers } from "../steps/containers/containers.js";
import { createHttpKind, type HttpRequest } from "../steps/http.js";
import { allowedHosts } from "../steps/http/allowed-hosts.js";
import { createExecuteCommand } from "../steps/execute-command.js";
import { noop } from "../steps/noop.js";
import { createNotebookKind, type NotebookRequest } from "../steps/notebook.js";
import { createPluginKind, type PluginRequest } from "../steps/plugin.js";
import { platformResult } from "../steps/results.js";
import { createRunKind, type RunRequest } from "../steps/run.js";
import { isAttemptOf, type Attempt, type StepKind } from "../steps/step-context.js";
import { createSqlKind, type SqlRequest } from "../steps/sql.js";
import { AttemptStop } from "./attempt-stop.js";
import { CpuGroups } from "./cpu-groups.js";
import { findCpuHierarchy } from "./cpu-hierarchy.js";
import { DatabasePool } from "./database-pool.js";
import { LaunchMark } from "./launch-mark.js";
import { LauncherPool } from "./launcher-pool.js";
import { endOrphans } from "./orphans.js";
import type { Cancel, Workers } from "./workers.js";

export interface LocalWorkersOptions {
  readonly config: Pick<
    Config,
    | "dataFolder"
    | "maxLogBytes"
    | "killAfterMs"
    | "stepEnv"
    | "httpHosts"
    | "environment"
    | "secretsFile"
    | "containers"
    | "plugins"
  >;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The path of the `node` that runs the service; its folder is on the PATH of scripts. */
  readonly nodePath: string;
  /** How launchers start processes: `posix` (the default) where this machine can, else `node`. */
  readonly spawn?: "posix" | "node" | undefined;
}

const MOST_LAUNCHERS = 2;

/** Attempts as processes of this machine. */
export function createLocalWorkers(options: LocalWorkersOptions): LocalWorkers {
  return new LocalWorkers(options);
}

/** Dispatches attempts by kind; see `createLocalWorkers`. */
export class LocalWorkers implements Workers {
  readonly #clock: Clock;
  readonly #dataFolder: string;
  /** Of the data folder, which need not exist before the start. */
  readonly #mark: () => LaunchMark;
  readonly #launchers: LauncherPool;
  /** Of DuckDB: each holds the database of a project. */
  readonly #databases: DatabasePool;
  /** Each asks PostgreSQL for a project. */
  readonly #clients: DatabasePool;
  readonly #containers: Containers;
  readonly #cpuGroups: CpuGroups;
  readonly #secrets: Secrets;
  readonly #run: StepKind<RunRequest>;
  readonly #notebook: StepKind<NotebookRequest>;
  readonly #plugin: StepKind<PluginRequest>;
  readonly #sql: StepKind<SqlRequest>;
  readonly #http: StepKind<HttpRequest>;
  readonly #compressor = new LogCompressor();
  readonly #executing = new Map<AttemptStop, Promise<unknown>>();

  constructor({ config, clock, ids, nodePath, spawn = "posix" }: LocalWorkersOptions) {
    this.#clock = clock;
    this.#dataFolder = config.dataFolder;
    let made: LaunchMark | null = null;
    const mark = (): LaunchMark => (made ??= new LaunchMark(config.dataFolder, { clock, ids }));
    this.#mark = mark;
    const size = Math.min(MOST_LAUNCHERS, availableParallelism());
    this.#launchers = new LauncherPool({ size, spawn, mark });
    const secrets = createSecrets(config);
    this.#secrets = secrets;
    this.#containers = new Containers({
      ...config,
      choice: config.containers,
      host: this.#launchers,
      folderId: () => mark().folder,
      user: userInfo(),
      clock,
      ids,
    });
    this.#cpuGroups = new CpuGroups(findCpuHierarchy(), () => mark().folder);
    const now = (): number => clock.now();
    const execute = createExecuteCommand({
      ...config,
      host: this.#launchers,
      containers: this.#containers,
      cpuLimits: this.#cpuGroups,
      now,
      nodeFolder: dirname(nodePath),
    });
    this.#run = createRunKind({ execute, secrets, now });
    this.#notebook = createNotebookKind({ execute, now });
    this.#plugin = createPluginKind({ execute, secrets, now, nodePath, modules: config.plugins });
    this.#databases = new DatabasePool({ ...config, program: "duckdb", clock, mark });
    this.#clients = new DatabasePool({ ...config, program: "postgres", clock, mark });
    const hosts = { duckdb: this.#databases, postgres: this.#clients };
    this.#sql = createSqlKind({ ...hosts, secrets, maxLogBytes: config.maxLogBytes, now });
    const allowed = allowedHosts(config.httpHosts);
    this.#http = createHttpKind({ secrets, clock, evaluator: createEvaluator(), hosts: allowed });
  }

  /** The processes that start attempts. */
  get launcherProcessIds(): readonly number[] {
    return this.#launchers.processIds;
  }

  /** The processes that hold the databases of projects. */
  get databaseProcessIds(): readonly number[] {
    return this.#databases.processIds;
  }

  /**
   * First ends what a killed service has left on the data folder, which nobody else may be using.
   * @throws SecretsError when the secrets cannot be read: better now than when a step needs them
   */
  async start(interrupt?: AbortSignal): Promise<void> {
    await this.#secrets.check();
    await endOrphans(this.#mark(), this.#clock, interrupt);
    this.#cpuGroups.removeLeft();
    this.#launchers.start();
    await this.#containers.start(interrupt ?? new AbortController().signal);
  }

  async stop(): Promise<void> {
    for (const stop of this.#executing.keys()) stop.cancel();
    await Promise.all(this.#executing.values());
    const parts = [this.#launchers, this.#databases, this.#clients, this.#compressor];
    await Promise.all(parts.map((part) => part.stop()));
  }

  async execute(attempt: Attempt, cancel: Cancel, onStarted: () => void): Promise<AttemptResult> {
    if (isAttemptOf(attempt, "noop")) return noop(onStarted);
    const { timeoutMs } = attempt.request;
    const stop = new AttemptStop({ clock: this.#clock, timeoutMs, cancel: cancel.signal });
    if (stop.result !== null) return stop.result;
    const begin = (): void => {
      stop.startTimer();
      onStarted();
    };
    const executing = this.#dispatch(attempt, stop.signal, begin).catch((error: unknown) =>
      failureOfService(error, this.#dataFolder),
    );
    this.#executing.set(stop, executing);
    const result = await executing;
    this.#executing.delete(stop);
    stop.dispose();
    this.#compressor.add(attempt.logFile);
    return stop.result ?? result;
  }

  async #dispatch(attempt: Attempt, stop: AbortSignal, onStarted: () => void): Promise<AttemptResult> {
    if (isAttemptOf(attempt, "run")) return this.#run(attempt, stop, onStarted);
    if (isAttemptOf(attempt, "sql")) return this.#sql(attempt, stop, onStarted);
    if (isAttemptOf(attempt, "notebook")) return this.#notebook(attempt, stop, onStarted);
    if (isAttemptOf(attempt, "plugin")) return this.#plugin(attempt, stop, onStarted);
    if (isAttemptOf(attempt, "http")) return this.#http(attempt, stop, onStarted);
    return platformResult(
      `Cannot execute a step of kind "${attempt.request.kind}": this service is too old for it`,
    );
  }
}

function failureOfService(error: unknown, dataFolder: string): AttemptResult {
  if (error instanceof SecretsError) return platformResult(error.message);
  const reason =
    explainDiskFailure(error, dataFolder) ?? (error instanceof Error ? error.message : String(error));
  return platformResult(`Cannot execute the attempt: ${reason}`);
}

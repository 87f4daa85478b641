import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../clock.js";
import { parseHostReport, type HostReport, type HostRequest } from "../steps/databases/protocol.js";
import { ProcessHostError } from "../steps/process-host.js";
import type { SqlAnswer, SqlQuery } from "../steps/sql-host.js";
import type { LaunchMark } from "./launch-mark.js";
import { LAUNCH_VARIABLE } from "./launcher/launch-variable.js";

/** What the processes of databases run. */
export const DATABASE_PROGRAMS = {
  duckdb: fileURLToPath(new URL("../steps/duckdb/host/main.js", import.meta.url)),
  postgres: fileURLToPath(new URL("../steps/postgres/host/main.js", import.meta.url)),
} as const;
/** Queries wait in threads of libuv, four by default. */
const THREADS = "16";

export interface DatabaseConnectionOptions {
  readonly program: keyof typeof DATABASE_PROGRAMS;
  readonly dataFolder: string;
  readonly clock: Clock;
  /** A query that does not heed its interrupt for so long is ended by killing the process. */
  readonly killAfterMs: number;
  /** What the process may see of the service's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly mark: () => LaunchMark;
}

interface Pending {
  readonly onStarted: () => void;
  readonly settle: {
    readonly resolve: (answer: SqlAnswer) => void;
    readonly reject: (error: ProcessHostError) => void;
  };
}

/** The service's end of the process that holds one project's database. When it dies its queries fail. */
export class DatabaseConnection {
  readonly #options: DatabaseConnectionOptions;
  readonly #process: ChildProcess;
  readonly #queries = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #isAlive = true;
  #lastId = 0;

  constructor(options: DatabaseConnectionOptions) {
    this.#options = options;
    this.#process = fork(DATABASE_PROGRAMS[options.program], [], {
      cwd: options.dataFolder,
      execArgv: [],
      env: { ...hostEnvironment(options.environment), [LAUNCH_VARIABLE]: options.mark().guardian },
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#process.on("message", (message) => {
      const report = parseHostReport(message);
      if (report !== null) this.#receive(report);
    });
    this.#exited = new Promise((resolve) => {
      const lose = (cause?: Error): void => {
        this.#lose(cause);
        resolve();
      };
      this.#process.once("exit", () => lose());
      // Without a process id it could not even be started, and there will be no exit.
      this.#process.on("error", (error) =>
        this.#process.pid === undefined ? lose(error) : this.#lose(error),
      );
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** How many queries it runs now. */
  get load(): number {
    return this.#queries.size;
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  query(query: SqlQuery, stop: AbortSignal, onStarted: () => void): Promise<SqlAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    let cancelKill = (): void => undefined;
    const interrupt = (): void => {
      this.#send({ kind: "interrupt", id });
      cancelKill = this.#options.clock.after(this.#options.killAfterMs, () => this.#process.kill("SIGKILL"));
    };
    stop.addEventListener("abort", interrupt, { once: true });
    return new Promise<SqlAnswer>((resolve, reject) => {
      this.#queries.set(id, { onStarted, settle: { resolve, reject } });
      this.#send({ kind: "query", id, query });
    }).finally(() => {
      cancelKill();
      stop.removeEventListener("abort", interrupt);
    });
  }

  /** Interrupts what runs, closes the database and waits for both. */
  async close(): Promise<void> {
    this.#isAlive = false;
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }

  #send(request: HostRequest): void {
    this.#process.send(request, (error) => {
      if (error !== null) this.#lose(error);
    });
  }

  #receive(report: HostReport): void {
    const pending = this.#queries.get(report.id);
    if (report.kind === "started") return pending?.onStarted();
    this.#queries.delete(report.id);
    pending?.settle.resolve(report.answer);
  }

  #lose(cause?: Error): void {
    this.#isAlive = false;
    // One that lives but cannot be reached ends itself when the channel closes.
    if (this.#process.connected) this.#process.disconnect();
    const lost = [...this.#queries.values()];
    this.#queries.clear();
    const state = `the process of its database died${howItDied(this.#process)}`;
    for (const { settle } of lost) settle.reject(new ProcessHostError(`Lost the query: ${state}`, { cause }));
  }
}

/** Time in a database is UTC, so that a query means the same on every machine. */
function hostEnvironment(environment: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const { HOME, TMPDIR, LANG, https_proxy: proxy, SSL_CERT_FILE: certificates } = environment;
  const seen = { HOME, TMPDIR, LANG, https_proxy: proxy, SSL_CERT_FILE: certificates };
  return {
    ...Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined)),
    TZ: "UTC",
    UV_THREADPOOL_SIZE: THREADS,
  };
}

function howItDied({ signalCode, exitCode }: ChildProcess): string {
  if (signalCode === "SIGKILL") return " of SIGKILL; it may have needed more memory than there is";
  if (signalCode !== null) return ` of ${signalCode}`;
  return exitCode === null ? "" : ` with code ${exitCode}`;
}

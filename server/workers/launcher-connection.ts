import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ProcessHostError, type ProcessCommand, type ProcessExit } from "../steps/process-host.js";
import type { LaunchMark } from "./launch-mark.js";
import { signalGroup } from "../processes/process-group.js";
import { parseLauncherReport, type LauncherReport, type LauncherRequest } from "./launcher/protocol.js";
import { LAUNCH_VARIABLE } from "./launcher/launch-variable.js";
import { killLaunches } from "./orphans.js";

const LAUNCHER = fileURLToPath(new URL("./launcher/main.js", import.meta.url));
/** A small heap keeps the launcher's own forks cheap. */
const SMALL_HEAP = ["--max-old-space-size=64", "--max-semi-space-size=1"];

interface Launch {
  readonly onStarted: () => void;
  readonly settle: {
    readonly resolve: (exit: ProcessExit) => void;
    readonly reject: (error: ProcessHostError) => void;
  };
  processId: number | null;
}

/** The service's end of one launcher process. When it dies its launches fail, and it is of no use any more. */
export class LauncherConnection {
  readonly #process: ChildProcess;
  readonly #mark: LaunchMark;
  readonly #launches = new Map<number, Launch>();
  readonly #exited: Promise<void>;
  #isAlive = true;
  #lastId = 0;

  constructor(spawn: "posix" | "node", mark: LaunchMark) {
    this.#mark = mark;
    // Detached: a Ctrl-C in the service's terminal must not reach it, the closed channel tells it enough.
    this.#process = fork(LAUNCHER, [spawn], {
      execArgv: SMALL_HEAP,
      env: { [LAUNCH_VARIABLE]: mark.guardian },
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#process.on("message", (message) => {
      const report = parseLauncherReport(message);
      if (report !== null) this.#receive(report);
    });
    // Not at the exit: what the launcher still said about its processes is read before the channel closes.
    this.#process.once("disconnect", () => this.#lose());
    this.#process.on("error", (error) => this.#lose(error));
    this.#exited = new Promise((resolve) => {
      this.#process.once("exit", () => {
        this.#isAlive = false;
        resolve();
      });
      // Without a process id it could not even be started, and there will be no exit.
      this.#process.once("error", () => {
        if (this.#process.pid === undefined) resolve();
      });
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** How many processes it runs now. */
  get load(): number {
    return this.#launches.size;
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  run(command: ProcessCommand, stop: AbortSignal, onStarted: () => void): Promise<ProcessExit> {
    this.#lastId += 1;
    const id = this.#lastId;
    const askToStop = (): void => this.#send({ kind: "stop", id });
    stop.addEventListener("abort", askToStop, { once: true });
    return new Promise<ProcessExit>((resolve, reject) => {
      this.#launches.set(id, { onStarted, settle: { resolve, reject }, processId: null });
      const env = { ...command.env, [LAUNCH_VARIABLE]: this.#markOf(id) };
      this.#send({ kind: "start", id, command: { ...command, env } });
    }).finally(() => stop.removeEventListener("abort", askToStop));
  }

  /** Ends everything it runs, then itself. */
  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }

  #send(request: LauncherRequest): void {
    this.#process.send(request, (error) => {
      if (error !== null) this.#lose(error);
    });
  }

  #receive(report: LauncherReport): void {
    const launch = this.#launches.get(report.id);
    if (launch === undefined) return;
    switch (report.kind) {
      case "started":
        launch.processId = report.processId;
        return launch.onStarted();
      case "ended":
        this.#launches.delete(report.id);
        return launch.settle.resolve(report.exit);
      case "refused":
        this.#launches.delete(report.id);
        return launch.settle.reject(
          new ProcessHostError(`Cannot start the process: ${report.message}`, report),
        );
    }
  }

  /** Its processes have lost their log and their guardian, so they are killed before anyone is told. */
  #lose(cause?: Error): void {
    this.#isAlive = false;
    // One that lives but cannot be reached ends itself when the channel closes.
    if (this.#process.connected) this.#process.disconnect();
    const lost = [...this.#launches];
    this.#launches.clear();
    for (const [, { processId }] of lost) if (processId !== null) signalGroup(processId, "SIGKILL");
    // Those of other groups, and of processes that never were reported.
    killLaunches(new Set(lost.map(([id]) => this.#markOf(id))));
    for (const [, { settle }] of lost) {
      settle.reject(new ProcessHostError("Lost the process: its launcher died", { cause }));
    }
  }

  #markOf(id: number): string {
    return this.#mark.ofLaunch(this.#process.pid ?? 0, id);
  }
}

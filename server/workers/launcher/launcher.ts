import type { ProcessExit } from "../../steps/process-host.js";
import { LaunchedProcess, type Surroundings } from "./launched-process.js";
import { MemoryWatch } from "./memory-watch.js";
import { ProcessTable } from "./process-table.js";
import type { LauncherReport, LauncherRequest } from "./protocol.js";
import { SessionSweeper } from "./session-sweeper.js";
import type { StartProcess } from "../../processes/started-process.js";

const ORPHAN_GRACE_MS = 500;

/** Starts and stops processes as it is told, and reports how they end. */
export class Launcher {
  readonly #startProcess: StartProcess;
  readonly #report: (report: LauncherReport) => void;
  readonly #surroundings: Surroundings;
  /** From the request on, so that a stop which comes while the process is being started finds it; null when it was refused. */
  readonly #launches = new Map<number, Promise<LaunchedProcess | null>>();

  constructor(startProcess: StartProcess, report: (report: LauncherReport) => void) {
    this.#startProcess = startProcess;
    this.#report = report;
    const table = new ProcessTable();
    this.#surroundings = { table, sweeper: new SessionSweeper(), memory: new MemoryWatch(table) };
  }

  perform(request: LauncherRequest): void {
    switch (request.kind) {
      case "start":
        this.#launches.set(request.id, this.#start(request));
        return;
      case "stop":
        void this.#launches.get(request.id)?.then((launched) => launched?.stopAsCommanded());
        return;
    }
  }

  /** Ends every session, with little patience: nobody waits for their results any more. */
  async endAll(): Promise<void> {
    await Promise.all([
      ...[...this.#launches.values()].map(async (launch) => (await launch)?.stop(ORPHAN_GRACE_MS)),
      this.#surroundings.sweeper.sweep(ORPHAN_GRACE_MS),
    ]);
  }

  async #start({
    id,
    command,
  }: Extract<LauncherRequest, { kind: "start" }>): Promise<LaunchedProcess | null> {
    try {
      const started = await this.#startProcess(command);
      this.#report({ kind: "started", id, processId: started.processId });
      const onEnded = (exit: ProcessExit): void => {
        this.#launches.delete(id);
        this.#report({ kind: "ended", id, exit });
      };
      return new LaunchedProcess({ command, process: started, onEnded }, this.#surroundings);
    } catch (error) {
      this.#launches.delete(id);
      this.#refuse(id, error);
      return null;
    }
  }

  #refuse(id: number, error: unknown): void {
    const errno = error instanceof Error && "code" in error ? String(error.code) : "";
    const message = error instanceof Error ? error.message : String(error);
    this.#report({ kind: "refused", id, errno, message });
  }
}

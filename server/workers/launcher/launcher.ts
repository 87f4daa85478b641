import { LaunchedProcess } from "./launched-process.js";
import type { LauncherReport, LauncherRequest } from "./protocol.js";
import type { StartProcess } from "./started-process.js";

const ORPHAN_GRACE_MS = 500;

/** Starts and stops processes as it is told, and reports how they end. */
export class Launcher {
  readonly #startProcess: StartProcess;
  readonly #report: (report: LauncherReport) => void;
  readonly #running = new Map<number, LaunchedProcess>();

  constructor(startProcess: StartProcess, report: (report: LauncherReport) => void) {
    this.#startProcess = startProcess;
    this.#report = report;
  }

  perform(request: LauncherRequest): void {
    switch (request.kind) {
      case "start":
        return void this.#start(request);
      case "stop":
        return this.#running.get(request.id)?.stopAsCommanded();
    }
  }

  /** Ends every group, with little patience: nobody waits for their results any more. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((launched) => launched.stop(ORPHAN_GRACE_MS)));
  }

  async #start({ id, command }: Extract<LauncherRequest, { kind: "start" }>): Promise<void> {
    try {
      const started = await this.#startProcess(command);
      const launched = new LaunchedProcess(command, started, (exit) => {
        this.#running.delete(id);
        this.#report({ kind: "ended", id, exit });
      });
      this.#running.set(id, launched);
      this.#report({ kind: "started", id, processId: started.processId });
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  #refuse(id: number, error: unknown): void {
    const errno = error instanceof Error && "code" in error ? String(error.code) : "";
    const message = error instanceof Error ? error.message : String(error);
    this.#report({ kind: "refused", id, errno, message });
  }
}

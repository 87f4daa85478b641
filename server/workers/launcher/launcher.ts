import { LaunchedProcess } from "./launched-process.js";
import type { LauncherReport, LauncherRequest } from "./protocol.js";

const ORPHAN_GRACE_MS = 500;

/** Starts and stops processes as it is told, and reports how they end. */
export class Launcher {
  readonly #report: (report: LauncherReport) => void;
  readonly #running = new Map<number, LaunchedProcess>();

  constructor(report: (report: LauncherReport) => void) {
    this.#report = report;
  }

  perform(request: LauncherRequest): void {
    switch (request.kind) {
      case "start":
        return this.#start(request);
      case "stop":
        return this.#running.get(request.id)?.stopAsCommanded();
    }
  }

  /** Ends every group, with little patience: nobody waits for their results any more. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((launched) => launched.stop(ORPHAN_GRACE_MS)));
  }

  #start({ id, command }: Extract<LauncherRequest, { kind: "start" }>): void {
    try {
      const launched = new LaunchedProcess(command, {
        onStarted: (processId) => this.#report({ kind: "started", id, processId }),
        onEnded: (exit) => {
          this.#running.delete(id);
          this.#report({ kind: "ended", id, exit });
        },
        onRefused: (error) => this.#refuse(id, error),
      });
      this.#running.set(id, launched);
    } catch (error) {
      // Some refusals are thrown instead of emitted, such as a null byte in an argument.
      this.#refuse(id, error);
    }
  }

  #refuse(id: number, error: unknown): void {
    this.#running.delete(id);
    const errno = error instanceof Error && "code" in error ? String(error.code) : "";
    const message = error instanceof Error ? error.message : String(error);
    this.#report({ kind: "refused", id, errno, message });
  }
}

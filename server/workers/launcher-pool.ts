import type { ProcessCommand, ProcessExit, ProcessHost } from "../steps/process-host.js";
import type { LaunchMark } from "./launch-mark.js";
import { LauncherConnection } from "./launcher-connection.js";

/**
 * A few launchers, started at once and replaced when they die. Replacing waits for the next launch, so that a machine on
 * which launchers cannot live is not kept busy starting them.
 */
export class LauncherPool implements ProcessHost {
  readonly #size: number;
  readonly #spawn: "posix" | "node";
  readonly #mark: () => LaunchMark;
  #launchers: readonly LauncherConnection[] = [];

  constructor(options: {
    readonly size: number;
    readonly spawn: "posix" | "node";
    readonly mark: () => LaunchMark;
  }) {
    this.#size = options.size;
    this.#spawn = options.spawn;
    this.#mark = options.mark;
  }

  start(): void {
    this.#replaceTheDead();
  }

  /** For operators and tests: the processes of the launchers that live. */
  get processIds(): readonly number[] {
    return this.#launchers.flatMap((launcher) => (launcher.isAlive ? (launcher.processId ?? []) : []));
  }

  run(command: ProcessCommand, stop: AbortSignal, onStarted: () => void): Promise<ProcessExit> {
    if (stop.aborted) return Promise.resolve({ kind: "signaled", signal: "SIGTERM", lastErrorLine: "" });
    return this.#leastBusy().run(command, stop, onStarted);
  }

  /** Kills what still runs; idempotent. */
  async stop(): Promise<void> {
    const launchers = this.#launchers;
    this.#launchers = [];
    await Promise.all(launchers.map((launcher) => launcher.close()));
  }

  #leastBusy(): LauncherConnection {
    this.#replaceTheDead();
    return this.#launchers.reduce((best, launcher) => (launcher.load < best.load ? launcher : best));
  }

  #replaceTheDead(): void {
    const alive = this.#launchers.filter((launcher) => launcher.isAlive);
    const missing = Array.from(
      { length: this.#size - alive.length },
      () => new LauncherConnection(this.#spawn, this.#mark()),
    );
    this.#launchers = [...alive, ...missing];
  }
}

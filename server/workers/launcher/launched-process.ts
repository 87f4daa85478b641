import type { Readable } from "node:stream";
import { LogWriter } from "../../logs/log-writer.js";
import type { ProcessCommand, ProcessExit } from "../../steps/process-host.js";
import { LAUNCH_VARIABLE } from "./launch-variable.js";
import type { MemoryWatch, Watched } from "./memory-watch.js";
import { signalGroup } from "../../processes/process-group.js";
import { ProcessSession } from "./process-session.js";
import type { ProcessEntry, ProcessTable } from "./process-table.js";
import type { SessionSweeper } from "./session-sweeper.js";
import type { ExitStatus, StartedProcess } from "../../processes/started-process.js";

/** A pipe that somebody outside the session still holds is not waited for longer than this. */
const DRAIN_MS = 1000;
const LONGEST_ERROR_LINE = 300;

/** What the processes of a launcher share. */
export interface Surroundings {
  readonly table: ProcessTable;
  /** Looks after what is left of a session when its process has ended by itself. */
  readonly sweeper: SessionSweeper;
  readonly memory: MemoryWatch;
}

export interface Launch {
  readonly command: ProcessCommand;
  readonly process: StartedProcess;
  readonly onEnded: (exit: ProcessExit) => void;
}

/**
 * One process in a session of its own, whose output goes to its log.
 *
 *     started ──exit──► the rest of its group, when stopped of its session, is ended ──► pipes drained ──► ended
 */
export class LaunchedProcess {
  readonly #command: ProcessCommand;
  readonly #process: StartedProcess;
  readonly #session: ProcessSession;
  readonly #sweeper: SessionSweeper;
  readonly #onEnded: (exit: ProcessExit) => void;
  readonly #log: LogWriter;
  #openPipes = 2;
  #isStopping = false;
  #usedBytes: number | null = null;
  readonly #unwatch: () => unknown = () => undefined;
  #onDrained: () => void = () => undefined;

  constructor({ command, process, onEnded }: Launch, { table, sweeper, memory }: Surroundings) {
    this.#command = command;
    this.#process = process;
    this.#session = new ProcessSession(process.processId, table);
    this.#sweeper = sweeper;
    this.#onEnded = onEnded;
    this.#log = new LogWriter({
      file: command.logFile,
      maxBytes: command.maxLogBytes,
      masks: command.masks,
      now: () => Date.now(),
    });
    this.#drain(process.stdout, "out");
    this.#drain(process.stderr, "err");
    const { memoryBytes: limitBytes = null } = command;
    if (limitBytes !== null) {
      const onExceeded: Watched["onExceeded"] = (usedBytes, escaped) =>
        this.#endForMemory(usedBytes, escaped);
      const mark = command.env[LAUNCH_VARIABLE] ?? null;
      this.#unwatch = memory.add({ sessionId: process.processId, mark, limitBytes, onExceeded });
    }
    void process.exited.then((status) => this.#finish(status));
  }

  /** Ends the session, politely first. */
  stop(killAfterMs: number): Promise<void> {
    this.#isStopping = true;
    return this.#session.end(killAfterMs, () => {
      this.#log.note(`did not end within ${killAfterMs / 1000} s of SIGTERM: killed`);
    });
  }

  /** Stops with the command's own patience. */
  stopAsCommanded(): void {
    void this.stop(this.#command.killAfterMs);
  }

  #drain(pipe: Readable, stream: "out" | "err"): void {
    pipe.on("data", (chunk: Buffer) => this.#log.write(stream, chunk));
    pipe.on("error", () => pipe.destroy());
    pipe.once("close", () => {
      this.#openPipes -= 1;
      if (this.#openPipes === 0) this.#onDrained();
    });
  }

  /** At once: who has too much already may take what others need while it is asked politely. */
  #endForMemory(usedBytes: number, escaped: readonly ProcessEntry[]): void {
    this.#usedBytes = usedBytes;
    for (const { groupId } of escaped) signalGroup(groupId, "SIGKILL");
    void this.stop(0);
  }

  #finish(status: ExitStatus): void {
    this.#unwatch();
    // Most leave nothing behind, and need not wait for an answer.
    if (!this.#isStopping && !this.#session.hasFirstGroup) {
      this.#sweeper.add(this.#session, this.#command.killAfterMs);
      return this.#endWhenDrained(status);
    }
    void this.stop(this.#command.killAfterMs).then(() => this.#endWhenDrained(status));
  }

  #endWhenDrained(status: ExitStatus): void {
    if (this.#openPipes === 0) return this.#end(status);
    const timer = setTimeout(() => {
      this.#process.stdout.destroy();
      this.#process.stderr.destroy();
    }, DRAIN_MS);
    this.#onDrained = () => {
      clearTimeout(timer);
      this.#end(status);
    };
  }

  #end({ code, signal }: ExitStatus): void {
    this.#log.end();
    const lastErrorLine = this.#log.lastErrorLine.slice(0, LONGEST_ERROR_LINE);
    const [usedBytes, { memoryBytes: limitBytes = null }] = [this.#usedBytes, this.#command];
    if (usedBytes !== null && limitBytes !== null) {
      return this.#onEnded({ kind: "over_memory", usedBytes, limitBytes, lastErrorLine });
    }
    this.#onEnded(
      signal === null
        ? { kind: "exited", code: code ?? 0, lastErrorLine }
        : { kind: "signaled", signal, lastErrorLine },
    );
  }
}

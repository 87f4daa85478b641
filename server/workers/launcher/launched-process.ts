import type { Readable } from "node:stream";
import { LogWriter } from "../../logs/log-writer.js";
import type { ProcessCommand, ProcessExit } from "../../steps/process-host.js";
import { endGroup, signalGroup } from "./process-group.js";
import type { ExitStatus, StartedProcess } from "./started-process.js";

/** A pipe that somebody outside the group still holds is not waited for longer than this. */
const DRAIN_MS = 1000;
const LONGEST_ERROR_LINE = 300;

/**
 * One process in a group (and session) of its own, whose output goes to its log.
 *
 *     started ──exit──► the rest of the group is ended ──► pipes drained ──► ended
 */
export class LaunchedProcess {
  readonly #command: ProcessCommand;
  readonly #process: StartedProcess;
  readonly #onEnded: (exit: ProcessExit) => void;
  readonly #log: LogWriter;
  #openPipes = 2;
  #onDrained: () => void = () => undefined;

  constructor(command: ProcessCommand, process: StartedProcess, onEnded: (exit: ProcessExit) => void) {
    this.#command = command;
    this.#process = process;
    this.#onEnded = onEnded;
    this.#log = new LogWriter({
      file: command.logFile,
      maxBytes: command.maxLogBytes,
      masks: command.masks,
      now: () => Date.now(),
    });
    this.#drain(process.stdout, "out");
    this.#drain(process.stderr, "err");
    void process.exited.then((status) => this.#finish(status));
  }

  /** Ends the group, politely first. */
  stop(killAfterMs: number): Promise<void> {
    return endGroup(this.#process.processId, killAfterMs, () => {
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

  #finish(status: ExitStatus): void {
    // Most leave nothing behind, and need not wait for an answer.
    if (!signalGroup(this.#process.processId, 0)) return this.#endWhenDrained(status);
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
    this.#onEnded(
      signal === null
        ? { kind: "exited", code: code ?? 0, lastErrorLine }
        : { kind: "signaled", signal, lastErrorLine },
    );
  }
}

import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { LogWriter } from "../../logs/log-writer.js";
import type { ProcessCommand, ProcessExit } from "../../steps/process-host.js";
import { endGroup, signalGroup } from "./process-group.js";

/** A pipe that somebody outside the group still holds is not waited for longer than this. */
const DRAIN_MS = 1000;
const LONGEST_ERROR_LINE = 300;

export interface LaunchedProcessEvents {
  readonly onStarted: (processId: number) => void;
  readonly onEnded: (exit: ProcessExit) => void;
  readonly onRefused: (error: NodeJS.ErrnoException) => void;
}

/**
 * One process in a group (and session) of its own, whose output goes to its log.
 *
 *     spawned ──exit──► the rest of the group is ended ──► pipes drained ──► ended
 */
export class LaunchedProcess {
  readonly #command: ProcessCommand;
  readonly #events: LaunchedProcessEvents;
  readonly #log: LogWriter;
  readonly #child: ChildProcess;
  #openPipes = 2;
  #onDrained: () => void = () => undefined;

  constructor(command: ProcessCommand, events: LaunchedProcessEvents) {
    this.#command = command;
    this.#events = events;
    this.#log = new LogWriter({
      file: command.logFile,
      maxBytes: command.maxLogBytes,
      masks: command.masks,
      now: () => Date.now(),
    });
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.once("error", (error) => {
      if (child.pid === undefined) events.onRefused(error);
    });
    if (child.pid === undefined) return;
    events.onStarted(child.pid);
    this.#drain(child.stdout, "out");
    this.#drain(child.stderr, "err");
    child.once("exit", (code, signal) => this.#finish(code, signal));
  }

  /** Ends the group, politely first. */
  async stop(killAfterMs: number): Promise<void> {
    if (this.#child.pid !== undefined) await endGroup(this.#child.pid, killAfterMs);
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

  #finish(code: number | null, signal: NodeJS.Signals | null): void {
    const groupId = this.#child.pid;
    if (groupId !== undefined && signalGroup(groupId, 0)) {
      void this.#endLeftovers(groupId).then(() => this.#endWhenDrained(code, signal));
    } else {
      this.#endWhenDrained(code, signal);
    }
  }

  async #endLeftovers(groupId: number): Promise<void> {
    await endGroup(groupId, this.#command.killAfterMs);
  }

  #endWhenDrained(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#openPipes === 0) return this.#end(code, signal);
    const timer = setTimeout(() => {
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    }, DRAIN_MS);
    this.#onDrained = () => {
      clearTimeout(timer);
      this.#end(code, signal);
    };
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    this.#log.end();
    const lastErrorLine = this.#log.lastErrorLine.slice(0, LONGEST_ERROR_LINE);
    this.#events.onEnded(
      signal === null
        ? { kind: "exited", code: code ?? 0, lastErrorLine }
        : { kind: "signaled", signal, lastErrorLine },
    );
  }
}

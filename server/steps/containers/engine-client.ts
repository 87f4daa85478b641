import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.js";
import type { Ids } from "../../ids.js";
import { readLog } from "../../logs/read-log.js";
import type { ProcessExit, ProcessHost } from "../process-host.js";

export interface EngineClientOptions {
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where its processes live and leave what they say; it exists. */
  readonly folder: string;
  /** Its environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One command of an engine's client. */
export interface Request {
  /** Such as `podman`. */
  readonly file: string;
  readonly args: readonly string[];
  /** Beside those that every request has. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Values that what it says must not hold. */
  readonly masks?: readonly string[];
  readonly stop?: AbortSignal;
  /** Null: as long as it takes, such as to pull an image. */
  readonly timeoutMs: number | null;
}

export interface Answer {
  readonly succeeded: boolean;
  /** Lines of its standard output. */
  readonly lines: readonly string[];
  /** The last that it said, for people. */
  readonly reason: string;
}

const ANSWER_LINES = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const KILL_AFTER_MS = 2000;

/** Asks the engine of containers, through its own client, which the launchers start like any other process. */
export class EngineClient {
  readonly #options: EngineClientOptions;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  /** @throws ProcessHostError when the client could not be started: `ENOENT` where there is none */
  async ask(request: Request): Promise<Answer> {
    const { clock, ids, folder } = this.#options;
    const logFile = join(folder, `${ids.next("answer", clock.now())}.log`);
    const { signal, dispose } = this.#limit(request);
    try {
      const exit = await this.#run(request, logFile, signal);
      const { lines } = await readLog(logFile, { offset: 0, limit: ANSWER_LINES });
      const answered = lines.filter(({ stream }) => stream === "out").map(({ text }) => text);
      return {
        succeeded: exit.kind === "exited" && exit.code === 0,
        lines: answered,
        reason: exit.lastErrorLine || (answered.at(-1) ?? (signal.aborted ? "no answer" : "no reason given")),
      };
    } finally {
      dispose();
      await rm(logFile, { force: true });
    }
  }

  /** Aborted when the asker gives up or the time is over. */
  #limit({ stop, timeoutMs }: Request): { readonly signal: AbortSignal; readonly dispose: () => void } {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (stop?.aborted === true) abort();
    stop?.addEventListener("abort", abort, { once: true });
    const cancel = timeoutMs === null ? null : this.#options.clock.after(timeoutMs, abort);
    const dispose = (): void => {
      cancel?.();
      stop?.removeEventListener("abort", abort);
    };
    return { signal: controller.signal, dispose };
  }

  #run({ file, args, variables, masks }: Request, logFile: string, stop: AbortSignal): Promise<ProcessExit> {
    const { host, folder } = this.#options;
    const command = {
      file,
      args,
      cwd: folder,
      env: { ...variables, ...this.#options.variables },
      logFile,
      maxLogBytes: MAX_ANSWER_BYTES,
      masks: masks ?? [],
      killAfterMs: KILL_AFTER_MS,
    };
    return host.run(command, stop, () => undefined);
  }
}

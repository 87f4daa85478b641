import { accessSync, closeSync, constants, statSync } from "node:fs";
import { Socket } from "node:net";
import { resolve } from "node:path";
import type { Libc, ProcessImage } from "./libc.js";
import type { ExitStatus, StartCommand, StartedProcess, StartProcess } from "./started-process.js";

/**
 * Starts with `posix_spawn` of the C library: until the child executes its file it borrows the memory of who starts it, so nothing
 * of that is copied, however big it is.
 *
 *     pipes made ──posix_spawn──► running ──SIGCHLD, waitpid──► exited
 *         └──refused──► pipes closed
 *
 * - Of each pipe one end is kept, and both ends close on exec, so no other child ever holds one: the end of a pipe is seen when the
 *   last of its own group lets go.
 * - A child is waited for by its id, here and nowhere else; Node waits only for what Node has started.
 */
export function createPosixSpawn(libc: Libc): StartProcess {
  const children = new Children(libc);
  return async (command) => {
    const path = findExecutable(command);
    refuseNullBytes(command);
    const { out, err, input, all } = openChannels(libc, command.isTalkedTo === true);
    try {
      const started = children.start({
        path,
        argv: [command.file, ...command.args],
        env: command.env,
        cwd: command.cwd,
        stdin: input?.theirs ?? null,
        stdout: out.theirs,
        stderr: err.theirs,
      });
      return {
        ...started,
        stdin: input === null ? null : new Socket({ fd: input.ours, readable: false, writable: true }),
        stdout: new Socket({ fd: out.ours, readable: true, writable: false }),
        stderr: new Socket({ fd: err.ours, readable: true, writable: false }),
      };
    } catch (error) {
      for (const { ours } of all) closeSync(ours);
      throw error;
    } finally {
      for (const { theirs } of all) closeSync(theirs);
    }
  };
}

/** Refused before anything was asked of the operating system. */
class StartError extends Error {
  readonly code: "ENOENT" | "ERR_INVALID_ARG_VALUE";

  constructor(code: StartError["code"], message: string) {
    super(message);
    this.name = "StartError";
    this.code = code;
  }
}

/** A signal that was lost keeps nobody waiting for longer. */
const VIGIL_MS = 10_000;

/** The children that have not been waited for. */
class Children {
  readonly #libc: Libc;
  readonly #exits = new Map<number, (status: ExitStatus) => void>();
  readonly #collectAll = (): void => this.#collect();
  /** Null while there are none. */
  #vigil: NodeJS.Timeout | null = null;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  start(image: ProcessImage): Pick<StartedProcess, "processId" | "exited"> {
    // Before there is a child: the signal of one that ends at once has to find somebody who listens.
    this.#listen(true);
    try {
      const processId = this.#libc.spawn(image);
      const exited = new Promise<ExitStatus>((resolve) => this.#exits.set(processId, resolve));
      return { processId, exited };
    } finally {
      this.#listen(this.#exits.size > 0);
    }
  }

  /** One signal may stand for several children, so each is asked. */
  #collect(): void {
    for (const [processId, exit] of this.#exits) {
      const status = this.#libc.wait(processId);
      if (status === null) continue;
      this.#exits.delete(processId);
      exit(status);
    }
    this.#listen(this.#exits.size > 0);
  }

  #listen(isWanted: boolean): void {
    if (isWanted === (this.#vigil !== null)) return;
    if (isWanted) {
      process.on("SIGCHLD", this.#collectAll);
      // Whoever waits for a child lives as long as that: who listens for a signal does not.
      this.#vigil = setInterval(this.#collectAll, VIGIL_MS);
    } else {
      process.off("SIGCHLD", this.#collectAll);
      clearInterval(this.#vigil ?? undefined);
      this.#vigil = null;
    }
  }
}

/** A pipe: one end for who starts a process, one for the process. */
interface Channel {
  readonly ours: number;
  readonly theirs: number;
}

interface Channels {
  readonly out: Channel;
  readonly err: Channel;
  /** Null for a process that has nothing to read. */
  readonly input: Channel | null;
  readonly all: readonly Channel[];
}

/** All of them, or none. */
function openChannels(libc: Libc, isTalkedTo: boolean): Channels {
  const all: Channel[] = [];
  const open = (isInput: boolean): Channel => {
    const { readEnd, writeEnd } = libc.pipe();
    const channel = isInput ? { ours: writeEnd, theirs: readEnd } : { ours: readEnd, theirs: writeEnd };
    all.push(channel);
    return channel;
  };
  try {
    return { out: open(false), err: open(false), input: isTalkedTo ? open(true) : null, all };
  } catch (error) {
    for (const { ours, theirs } of all) for (const end of [ours, theirs]) closeSync(end);
    throw error;
  }
}

/** In C a text ends at its first null byte: what follows would be lost in silence. */
function refuseNullBytes({ args, env, cwd }: StartCommand): void {
  const texts = [...args, cwd, ...Object.keys(env), ...Object.values(env)];
  if (!texts.some((text) => text.includes("\0"))) return;
  throw new StartError("ERR_INVALID_ARG_VALUE", "an argument or a variable holds a null byte");
}

/** What execvp(3) does if the variables are a process's own. */
const DEFAULT_PATH = "/bin:/usr/bin";

/** On the PATH that the process will have; a relative folder of it begins where the process does. */
function findExecutable({ file, env, cwd }: StartCommand): string {
  if (file.includes("/")) return resolve(cwd, file);
  for (const folder of (env["PATH"] ?? DEFAULT_PATH).split(":")) {
    const path = resolve(cwd, folder, file);
    if (isExecutable(path)) return path;
  }
  throw new StartError("ENOENT", `spawn ${file} ENOENT`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

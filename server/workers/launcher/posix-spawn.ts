import { accessSync, closeSync, constants, statSync } from "node:fs";
import { Socket } from "node:net";
import { resolve } from "node:path";
import type { Libc, Pipe } from "./libc.js";
import type { ExitStatus, StartCommand, StartedProcess, StartProcess } from "./started-process.js";

/**
 * Starts with `posix_spawn` of the C library: until the child executes its file it borrows the launcher's memory, so nothing of the
 * launcher is copied, however big it is.
 *
 *     pipes made ──posix_spawn──► running ──SIGCHLD, waitpid──► exited
 *         └──refused──► pipes closed
 *
 * - Of each pipe the launcher keeps the reading end only, and both ends close on exec, so no other child ever holds one:
 *   the end of a pipe is seen when the last of its own group lets go.
 * - A child is waited for by its id, here and nowhere else; Node waits only for what Node has started.
 */
export function createPosixSpawn(libc: Libc): StartProcess {
  const children = new Children(libc);
  return async (command) => {
    const path = findExecutable(command);
    refuseNullBytes(command);
    const [out, err] = openPipes(libc);
    try {
      const processId = libc.spawn({
        path,
        argv: [command.file, ...command.args],
        env: command.env,
        cwd: command.cwd,
        stdout: out.writeEnd,
        stderr: err.writeEnd,
      });
      return started(processId, { out, err, exited: children.exitOf(processId) });
    } catch (error) {
      for (const pipe of [out, err]) closeSync(pipe.readEnd);
      throw error;
    } finally {
      for (const pipe of [out, err]) closeSync(pipe.writeEnd);
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

/** The children that have not been waited for. */
class Children {
  readonly #libc: Libc;
  readonly #exits = new Map<number, (status: ExitStatus) => void>();

  constructor(libc: Libc) {
    this.#libc = libc;
    process.on("SIGCHLD", () => this.#collect());
  }

  /** To be asked in the turn of the event loop that started it: its signal is heard in a later one. */
  exitOf(processId: number): Promise<ExitStatus> {
    return new Promise((resolve) => this.#exits.set(processId, resolve));
  }

  /** One signal may stand for several children, so each is asked. */
  #collect(): void {
    for (const [processId, exit] of this.#exits) {
      const status = this.#libc.wait(processId);
      if (status === null) continue;
      this.#exits.delete(processId);
      exit(status);
    }
  }
}

function started(
  processId: number,
  ends: { readonly out: Pipe; readonly err: Pipe; readonly exited: Promise<ExitStatus> },
): StartedProcess {
  return {
    processId,
    stdout: new Socket({ fd: ends.out.readEnd, readable: true, writable: false }),
    stderr: new Socket({ fd: ends.err.readEnd, readable: true, writable: false }),
    exited: ends.exited,
  };
}

function openPipes(libc: Libc): readonly [Pipe, Pipe] {
  const out = libc.pipe();
  try {
    return [out, libc.pipe()];
  } catch (error) {
    closeSync(out.readEnd);
    closeSync(out.writeEnd);
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

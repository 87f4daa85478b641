import type { Readable, Writable } from "node:stream";

/** What the kernel is told to run. */
export interface StartCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it is talked to; else it has nothing to read. */
  readonly isTalkedTo?: boolean;
}

/** How a process ended: of code and signal one is null. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process that runs, and the ends of its output. */
export interface StartedProcess {
  /** Also the id of its group. */
  readonly processId: number;
  /** Null for one that has nothing to read. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects. Its output may go on: somebody else may hold it. */
  readonly exited: Promise<ExitStatus>;
}

/**
 * Starts a process as the leader of a session and group of its own, with exactly this environment, in this folder, with two
 * descriptors to write to and one to read from; it inherits no other descriptor and no ignored signal. The file is searched
 * for on the PATH of the command's environment.
 *
 * Two ways to do it exist, see `posix-spawn.ts` and `node-spawn.ts`; one conformance suite holds for both. Rejects with
 * what the operating system said: its `code` is such as `ENOENT`, `E2BIG` or, for a null byte, `ERR_INVALID_ARG_VALUE`.
 */
export type StartProcess = (command: StartCommand) => Promise<StartedProcess>;

import { setMaxListeners } from "node:events";
import { text } from "node:stream/consumers";
import type { Clock } from "../../clock.js";
import { createStartProcess } from "../../processes/create-start-process.js";
import { outputEnd } from "../../processes/output-end.js";
import { signalGroup } from "../../processes/process-group.js";
import type { StartedProcess } from "../../processes/started-process.js";
import { GitError, GitStopped, silence, wasCutOff, wordless } from "./git-error.js";
import { NO_ACCESS, gitEnvironment, type GitAccess } from "./git-environment.js";

const MAX_COMPLAINT = 10_000;
/** From SIGTERM to SIGKILL: a program for credentials or a transport may ignore the first. */
const KILL_AFTER_MS = 5000;

/** Takes what a command prints, piece by piece. */
export type TakePieces = (pieces: AsyncIterable<Buffer>) => Promise<void>;

/** Where git works. */
export interface GitPlace {
  /** The repository. */
  readonly gitFolder: string;
  /**
   * Has the objects, and takes those that are written, instead of that of the repository. It is for what anybody may have pushed: no
   * object of more than `ALLOC_MEBIBYTES_MAX` is taken into memory.
   */
  readonly objectFolder?: string;
}

export interface RunOptions {
  /** The repository; without one there is none. */
  readonly gitFolder?: string;
  /** See `GitPlace`. */
  readonly objectFolder?: string;
  readonly silenceMs?: number;
  /** The URL that the command speaks with: it gets what proves to that host that it may. */
  readonly remote?: string;
  /** What else this command alone is told. */
  readonly access?: GitAccess;
  /** Ends this command, as the end of the service ends all. */
  readonly stop?: AbortSignal | undefined;
  /** Takes the end of what it said on its error stream, when it went well. */
  readonly hear?: (said: string) => void;
}

/** Runs git, always in our environment. Arguments are ours; what people gave stands behind `--end-of-options` or `--`. */
export interface Git {
  /**
   * One command to its end, in the repository at `gitFolder`, or in none. Returns what it printed.
   * @throws GitError, also when it prints nothing for `silenceMs`; GitStopped
   */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  /** One command to its end, which prints as fast as `take` takes it. @throws GitError, GitStopped, and what `take` throws */
  stream(args: readonly string[], gitFolder: string, take: TakePieces): Promise<void>;
  /** A command that is talked to. The caller ends it. @throws GitError when it cannot be started, GitStopped */
  open(args: readonly string[], place: GitPlace): Promise<StartedProcess>;
}

export interface GitOptions {
  /** Where commands run; it exists and is no repository. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Ends every `run`. */
  readonly stop: AbortSignal;
  /** What hosts are proven that the service may read. Default: nothing but the user's own ssh keys. */
  readonly accessTo?: (url: string) => Promise<GitAccess>;
}

/** Git in a folder, until it is stopped. */
export function createGit({ folder, environment, clock, stop, accessTo }: GitOptions): Git {
  const base = gitEnvironment(environment);
  const environmentFor = async ({ remote, access = NO_ACCESS }: RunOptions) => {
    const found = remote === undefined || accessTo === undefined ? access : await accessTo(remote);
    return found === NO_ACCESS ? base : gitEnvironment(environment, found);
  };
  const startProcess = createStartProcess();
  // Of a session of its own: git leaves its helpers (ssh, git-remote-https) behind when it alone is ended.
  const start = async (args: readonly string[], env: Env, isTalkedTo = false): Promise<StartedProcess> => {
    if (stop.aborted) throw new GitStopped(args);
    try {
      return await startProcess({ file: "git", args, cwd: folder, env, isTalkedTo });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new GitError(args, reason, { cause: error, isCutOff: true });
    }
  };
  // Every command that runs listens to it: many at once are no leak.
  setMaxListeners(0, stop);
  return {
    async run(args, options = {}) {
      const { silenceMs = 60_000 } = options;
      const stops = options.stop === undefined ? [stop] : [stop, options.stop];
      const process = await start(args, { ...(await environmentFor(options)), ...placeOf(options) });
      const ended = await collect(process, { clock, silenceMs, stops });
      if (ended.code === 0) {
        options.hear?.(ended.complaint);
        return ended.output;
      }
      if (isAborted(stops)) throw new GitStopped(args);
      throw failure(args, ended);
    },
    async stream(args, gitFolder, take) {
      const { code, complaint } = await pour(await start(args, { ...base, GIT_DIR: gitFolder }), take, stop);
      if (stop.aborted) throw new GitStopped(args);
      if (code !== 0) throw failure(args, { code, complaint });
    },
    open(args, place) {
      return start(args, { ...base, ...placeOf(place) }, true);
    },
  };
}

type Env = Readonly<Record<string, string>>;

/** Files of 100 MB are the most that GitHub takes. */
const ALLOC_MEBIBYTES_MAX = 256;

function placeOf({ gitFolder, objectFolder }: Partial<GitPlace>): Env {
  return {
    ...(gitFolder === undefined ? {} : { GIT_DIR: gitFolder }),
    ...(objectFolder === undefined
      ? {}
      : { GIT_OBJECT_DIRECTORY: objectFolder, GIT_ALLOC_LIMIT: `${ALLOC_MEBIBYTES_MAX}m` }),
  };
}

interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  /** The end of what it said on its error stream. */
  readonly complaint: string;
}

function failure(args: readonly string[], ended: Omit<Ended, "output">): GitError {
  return new GitError(args, ended.complaint || wordless(ended.code), { isCutOff: wasCutOff(ended) });
}

/** Hands its output on as fast as that is taken, and waits for its end. */
async function pour(
  { processId, stdout, stderr, exited }: StartedProcess,
  take: TakePieces,
  stop: AbortSignal,
): Promise<Omit<Ended, "output">> {
  const end = (): void => void signalGroup(processId, "SIGTERM");
  stop.addEventListener("abort", end);
  const complaint = text(stderr);
  try {
    await take(stdout);
  } finally {
    // When not all was taken, git finds its output closed, and ends.
    stdout.destroy();
    await exited;
    stop.removeEventListener("abort", end);
  }
  const { code } = await exited;
  return { code, complaint: await complaint };
}

/** Waits until the whole group has let go of its output, and ends it when it is silent for too long or not wanted any more. */
async function collect(
  { processId, stdout, stderr, exited }: StartedProcess,
  {
    clock,
    silenceMs,
    stops,
  }: { readonly clock: Clock; readonly silenceMs: number; readonly stops: readonly AbortSignal[] },
): Promise<Ended> {
  const chunks: Buffer[] = [];
  let complaint = "";
  const say = (words: string): void => void (complaint = `${complaint}${words}`.slice(-MAX_COMPLAINT));
  let cancelKill = (): void => undefined;
  // At SIGTERM git takes its lock files away.
  const end = (): void => {
    signalGroup(processId, "SIGTERM");
    cancelKill();
    cancelKill = clock.after(KILL_AFTER_MS, () => void signalGroup(processId, "SIGKILL"));
  };
  const giveUp = (): void => {
    say(`\n${silence(silenceMs)}`);
    end();
  };
  let cancelTimer = clock.after(silenceMs, giveUp);
  const rearm = (): void => {
    cancelTimer();
    cancelTimer = clock.after(silenceMs, giveUp);
  };
  stdout.on("data", (chunk: Buffer) => void chunks.push(chunk)).on("data", rearm);
  stderr.on("data", (chunk: Buffer) => say(chunk.toString())).on("data", rearm);
  for (const stop of stops) stop.addEventListener("abort", end);
  if (isAborted(stops)) end();
  try {
    const [{ code }] = await Promise.all([exited, outputEnd(stdout), outputEnd(stderr)]);
    return { code, output: Buffer.concat(chunks).toString(), complaint };
  } finally {
    cancelTimer();
    cancelKill();
    for (const stop of stops) stop.removeEventListener("abort", end);
  }
}

function isAborted(stops: readonly AbortSignal[]): boolean {
  return stops.some(({ aborted }) => aborted);
}

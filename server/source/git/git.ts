import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { setMaxListeners } from "node:events";
import { kill } from "node:process";
import { text } from "node:stream/consumers";
import type { Clock } from "../../clock.js";
import { GitError, GitStopped } from "./git-error.js";
import { NO_ACCESS, gitEnvironment, type GitAccess } from "./git-environment.js";

const MAX_COMPLAINT = 10_000;
/** From SIGTERM to SIGKILL: a program for credentials or a transport may ignore the first. */
const KILL_AFTER_MS = 5000;

/** Takes what a command prints, piece by piece. */
export type TakePieces = (pieces: AsyncIterable<Buffer>) => Promise<void>;

export interface RunOptions {
  /** The repository; without one there is none. */
  readonly gitFolder?: string;
  readonly silenceMs?: number;
  /** The URL that the command speaks with: it gets what proves to that host that it may. */
  readonly remote?: string;
  /** What else this command alone is told. */
  readonly access?: GitAccess;
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
  /** A command that is talked to. The caller ends it. @throws GitStopped */
  open(args: readonly string[], gitFolder: string): ChildProcessWithoutNullStreams;
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
  // Every command that runs listens to it: many at once are no leak.
  setMaxListeners(0, stop);
  return {
    async run(args, options = {}) {
      const { gitFolder, silenceMs = 60_000 } = options;
      const own = await environmentFor(options);
      if (stop.aborted) throw new GitStopped(args);
      const env = gitFolder === undefined ? own : { ...own, GIT_DIR: gitFolder };
      // A process group of its own: git leaves its helpers (ssh, git-remote-https) behind when it alone is ended.
      const child = spawn("git", args, {
        cwd: folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const ended = await collect(child, { clock, silenceMs, stop });
      if (ended.code === 0) return ended.output;
      if (stop.aborted) throw new GitStopped(args);
      throw new GitError(args, ended.complaint || wordless(ended.code));
    },
    async stream(args, gitFolder, take) {
      if (stop.aborted) throw new GitStopped(args);
      const env = { ...base, GIT_DIR: gitFolder };
      const child = spawn("git", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], signal: stop });
      const [complaint, ended] = [text(child.stderr), exitOf(child)];
      try {
        await take(child.stdout);
      } finally {
        // When not all was taken, git finds its output closed, and ends.
        child.stdout.destroy();
        await ended;
      }
      if (stop.aborted) throw new GitStopped(args);
      const code = await ended;
      if (code !== 0) throw new GitError(args, (await complaint) || wordless(code));
    },
    open(args, gitFolder) {
      if (stop.aborted) throw new GitStopped(args);
      return spawn("git", args, { cwd: folder, env: { ...base, GIT_DIR: gitFolder }, stdio: "pipe" });
    },
  };
}

function wordless(code: number | null): string {
  return `it ended with ${code ?? "a signal"} and said nothing`;
}

/** Null when a signal ended it, or when it never began. */
function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.on("error", () => undefined);
    child.on("close", (code) => resolve(code));
  });
}

interface Ended {
  /** Null when a signal ended it, or when it never began. */
  readonly code: number | null;
  readonly output: string;
  /** The end of what it said on its error stream. */
  readonly complaint: string;
}

/** Waits until the whole group has let go of its output, and ends it when it is silent for too long or not wanted any more. */
function collect(
  child: ChildProcess,
  limits: { readonly clock: Clock; readonly silenceMs: number; readonly stop: AbortSignal },
): Promise<Ended> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let complaint = "";
    const say = (words: string): void => void (complaint = `${complaint}${words}`.slice(-MAX_COMPLAINT));
    let cancelKill = (): void => undefined;
    const end = (): void => {
      signalGroup(child, "SIGTERM");
      cancelKill();
      cancelKill = limits.clock.after(KILL_AFTER_MS, () => signalGroup(child, "SIGKILL"));
    };
    const giveUp = (): void => {
      say(`\ntimed out: silent for ${limits.silenceMs / 1000} s`);
      end();
    };
    let cancelTimer = limits.clock.after(limits.silenceMs, giveUp);
    const rearm = (): void => {
      cancelTimer();
      cancelTimer = limits.clock.after(limits.silenceMs, giveUp);
    };
    child.stdout?.on("data", (chunk: Buffer) => void chunks.push(chunk)).on("data", rearm);
    child.stderr?.on("data", (chunk: Buffer) => say(chunk.toString())).on("data", rearm);
    child.on("error", (error) => say(error.message));
    limits.stop.addEventListener("abort", end);
    child.on("close", (code) => {
      cancelTimer();
      cancelKill();
      limits.stop.removeEventListener("abort", end);
      resolve({ code, output: Buffer.concat(chunks).toString(), complaint });
    });
  });
}

/** At SIGTERM git takes its lock files away. */
function signalGroup({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

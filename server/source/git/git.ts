import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { setMaxListeners } from "node:events";
import { simpleGit } from "simple-git";
import { GitError, GitStopped } from "./git-error.js";
import { gitEnvironment } from "./git-environment.js";

/**
 * What our own environment needs of simple-git's guards. All others stay shut, so that a value that slipped through
 * our checks (`--upload-pack=…`, `-c …`) is refused here once more.
 */
const OPENED_GUARDS = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeAskPass: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
};

/** Runs git, always in our environment. Arguments are ours; what people gave stands behind `--end-of-options` or `--`. */
export interface Git {
  /**
   * One command to its end, in the repository at `gitFolder`, or in none. Returns what it printed.
   * @throws GitError, also when it prints nothing for `silenceMs`; GitStopped
   */
  run(
    args: readonly string[],
    options?: { readonly gitFolder?: string; readonly silenceMs?: number },
  ): Promise<string>;
  /** A command that is talked to. The caller ends it. @throws GitStopped */
  open(args: readonly string[], gitFolder: string): ChildProcessWithoutNullStreams;
}

/** @param options.folder where commands run; it exists and is no repository. @param options.stop ends every `run` */
export function createGit(options: {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stop: AbortSignal;
}): Git {
  const base = gitEnvironment(options.environment);
  // Every command that runs listens to it: many at once are no leak.
  setMaxListeners(0, options.stop);
  return {
    async run(args, { gitFolder, silenceMs = 60_000 } = {}) {
      if (options.stop.aborted) throw new GitStopped(args);
      const environment = gitFolder === undefined ? base : { ...base, GIT_DIR: gitFolder };
      try {
        return await simpleGit({
          baseDir: options.folder,
          abort: options.stop,
          timeout: { block: silenceMs },
          // By default it takes the output for complete 50 ms after the exit, and success for granted when nothing was said.
          completion: { onClose: true, onExit: false },
          errors: (error, { exitCode, stdErr }) =>
            exitCode === 0 ? error : (error ?? failure(exitCode, stdErr)),
          unsafe: OPENED_GUARDS,
          allowEnvironment: Object.keys(environment),
        })
          .env(environment)
          .raw([...args]);
      } catch (error) {
        if (options.stop.aborted) throw new GitStopped(args, { cause: error });
        throw new GitError(args, error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    open(args, gitFolder) {
      if (options.stop.aborted) throw new GitStopped(args);
      return spawn("git", args, { cwd: options.folder, env: { ...base, GIT_DIR: gitFolder }, stdio: "pipe" });
    },
  };
}

function failure(exitCode: number | null, said: readonly Buffer[]): Buffer {
  return said.length > 0
    ? Buffer.concat(said)
    : Buffer.from(`it ended with ${exitCode ?? "a signal"} and said nothing`);
}

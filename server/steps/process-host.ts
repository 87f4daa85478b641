/** Starts processes on behalf of step kinds; `workers` provides it, so that only the launcher ever forks. */
export interface ProcessHost {
  /** Resolves when the process group is gone. @throws ProcessHostError when it could not be started or the host was lost. */
  run(command: ProcessCommand, stop: AbortSignal, onStarted: () => void): Promise<ProcessExit>;
}

export interface ProcessCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error are written here, a line with its time and stream, up to `maxLogBytes`. */
  readonly logFile: string;
  readonly maxLogBytes: number;
  /** Values that must not appear in the log. */
  readonly masks: readonly string[];
  /** After SIGTERM the group has this long before SIGKILL. */
  readonly killAfterMs: number;
}

export type ProcessExit =
  { readonly kind: "exited"; readonly code: number } | { readonly kind: "signaled"; readonly signal: string };

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
  /** What all its processes may have of the machine's memory together, where the system can tell; any where it does not say. */
  readonly memoryBytes?: number | null;
}

/** How a process ended. `lastErrorLine` is the last line of its standard error, masked, empty when it said nothing. */
export type ProcessExit =
  | { readonly kind: "exited"; readonly code: number; readonly lastErrorLine: string }
  | { readonly kind: "signaled"; readonly signal: string; readonly lastErrorLine: string }
  /** It was ended because it had more than `memoryBytes`. */
  | {
      readonly kind: "over_memory";
      readonly usedBytes: number;
      readonly limitBytes: number;
      readonly lastErrorLine: string;
    };

/** The machine's fault, not the user's: nothing is known about what the process did. */
export class ProcessHostError extends Error {
  readonly code = "process-host-failed";
  /** What the operating system said, such as `E2BIG` or `EAGAIN`; empty when the host was lost. */
  readonly errno: string;

  constructor(message: string, options: { readonly errno?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "ProcessHostError";
    this.errno = options.errno ?? "";
  }
}

/** Git refused, failed or did not answer. `output` is what it said on its error stream, in English. */
export class GitError extends Error {
  readonly code = "git-failed";
  readonly output: string;
  /** It could not be started, or a signal has ended it or a process of its own, as when the machine had no room: that says nothing of the repository. */
  readonly isCutOff: boolean;

  constructor(
    args: readonly string[],
    output: string,
    options: { readonly cause?: unknown; readonly isCutOff?: boolean } = {},
  ) {
    super(`Cannot run "git ${commandOf(args)}": ${output.trim()}`, options);
    this.name = "GitError";
    this.output = output.trim();
    this.isCutOff = options.isCutOff ?? false;
  }
}

/** What git says where a process of its own was ended, or there was no room for one; of the other side it says "remote:" before. */
const NO_ROOM =
  /^(?:error|fatal): .*(?:died of signal|Out of memory|Cannot allocate memory|Resource temporarily unavailable)/m;

/** See `GitError.isCutOff`. @param ended.code null when a signal ended it */
export function wasCutOff({
  code,
  complaint,
}: {
  readonly code: number | null;
  readonly complaint: string;
}): boolean {
  return code === null || NO_ROOM.test(complaint);
}

/** Whether git speaks of the mirror in that folder, and not of the other side. */
export function isAboutFolder({ output }: GitError, folder: string): boolean {
  return output.includes(folder) || /bad object|corrupt|did not send all/.test(output);
}

/** Why a command that said nothing for too long was ended. */
export function silence(silenceMs: number): string {
  return `timed out: silent for ${silenceMs / 1000} s`;
}

/** Whether that is why it was ended. */
export function isSilence(output: string): boolean {
  return output.includes("timed out: silent for ");
}

/** Git says no by its exit code alone, as where there is none of what was asked for. */
export function saysNo(error: unknown): error is GitError {
  return error instanceof GitError && error.output === SAID_NOTHING;
}

/** What stands for the words of a command that ended with 1 and had none. */
const SAID_NOTHING = wordless(1);

/** @param code null when a signal ended it */
export function wordless(code: number | null): string {
  return `it ended with ${code ?? "a signal"} and said nothing`;
}

/** Nobody wants it any more: nothing is wrong with the repository, and nothing is to be mended or reported. */
export class GitStopped extends Error {
  readonly code = "git-stopped";

  constructor(args: readonly string[], options: { readonly cause?: unknown } = {}) {
    super(`Cannot run "git ${commandOf(args)}": it was told to stop`, options);
    this.name = "GitStopped";
  }
}

/** What stands behind the settings of one command. */
function commandOf(args: readonly string[]): string {
  return args.find((arg, place) => arg !== "-c" && args[place - 1] !== "-c") ?? "";
}

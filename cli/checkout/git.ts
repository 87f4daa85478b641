import { spawnSync } from "node:child_process";
import type { Io } from "../io.js";
import { UsageError } from "../usage-error.js";

/** Git in the user's own clone. It only reads, runs no hook and asks for nothing. */
export interface Git {
  /** What a command printed. @throws UsageError with what git said */
  run(args: readonly string[], input?: string): Buffer;
  /** The same as one line of text; null when git says no. */
  ask(args: readonly string[]): string | null;
  /** At most so many bytes of what a command prints; what is beyond is cut off. */
  peek(args: readonly string[], bytesMax: number): Buffer;
}

/** More than any tree that is worth a plan, so that git cannot fill the memory. */
const OUTPUT_BYTES_MAX = 1024 ** 3;

/** These stand above what the clone's own configuration says: it must not make a plan run anything. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.untrackedCache", "false"],
];

/** Git in a folder. The user's configuration counts, for it says which clones are to be trusted. */
export function createGit(folder: string, userEnv: Io["env"]): Git {
  const env = environmentOf(userEnv);

  function spawn(
    args: readonly string[],
    options: { readonly input?: string; readonly maxBuffer: number },
  ): Ended {
    const ended = spawnSync("git", args, { cwd: folder, env, ...options });
    const isMissing = ended.error !== undefined && "code" in ended.error && ended.error.code === "ENOENT";
    if (isMissing) throw new UsageError("Cannot read the history: there is no git on this machine's PATH");
    return { ...ended, complaint: ended.stderr?.toString().trim() ?? "" };
  }

  return {
    run(args, input = "") {
      const { status, stdout, complaint, error } = spawn(args, { input, maxBuffer: OUTPUT_BYTES_MAX });
      if (status === 0 && error === undefined) return stdout;
      throw new UsageError(
        `Cannot run "git ${args[0] ?? ""}": ${complaint || (error?.message ?? `it ended with ${status}`)}`,
      );
    },
    ask(args) {
      const { status, stdout } = spawn(args, { maxBuffer: OUTPUT_BYTES_MAX });
      return status === 0 ? stdout.toString().trim() : null;
    },
    peek: (args, bytesMax) => spawn(args, { maxBuffer: bytesMax }).stdout.subarray(0, bytesMax),
  };
}

interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly complaint: string;
  readonly error?: Error | undefined;
}

function environmentOf(userEnv: Io["env"]): NodeJS.ProcessEnv {
  const given = Number(userEnv["GIT_CONFIG_COUNT"] ?? 0);
  const first = Number.isSafeInteger(given) && given > 0 ? given : 0;
  const env: NodeJS.ProcessEnv = {
    ...userEnv,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: String(first + SETTINGS.length),
  };
  for (const [index, [name, value]] of SETTINGS.entries()) {
    env[`GIT_CONFIG_KEY_${first + index}`] = name;
    env[`GIT_CONFIG_VALUE_${first + index}`] = value;
  }
  return env;
}

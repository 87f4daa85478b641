import { execFile } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");

/** Where the example projects of the tests are. */
export const PROJECTS = join(root, "test", "fixtures", "projects");

/** One that does not end by itself must not hold the tests. */
const MOST_MS = 170_000;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command in a process of its own, with an environment of its own. */
export function headwater(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const env = { PATH: process.env["PATH"] ?? "", ...options.env };
  return new Promise((resolve) => {
    const limits = { timeout: MOST_MS, killSignal: "SIGKILL" } as const;
    const bin = join(root, "cli", "bin", "headwater.js");
    execFile(
      process.execPath,
      [bin, ...args],
      { ...limits, cwd: options.cwd ?? root, env },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, stdout, stderr });
      },
    );
  });
}

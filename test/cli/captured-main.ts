import { type Io, processIo } from "#cli/io.js";
import { main } from "#cli/main.js";
import type { Ended } from "./headwater-process.js";

const process = processIo();

/** The command in this process, with what it prints captured: a plain pipe in a bare environment, unless told otherwise. */
export async function capturedMain(args: readonly string[], io: Partial<Io> = {}): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  const pipe = { isTerminal: false, columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };
  const code = await main(args, {
    ...process,
    env: {},
    stdout: { ...pipe, write: (text) => void (stdout += text) },
    stderr: { ...pipe, write: (text) => void (stderr += text) },
    ...io,
  });
  return { code, stdout, stderr };
}

import { constants, lstatSync } from "node:fs";
import { open } from "node:fs/promises";
import { MAX_OUTPUT_BYTES } from "./output-file.js";

/** What a script has left at `$HEADWATER_OUTPUT`, or why it cannot be read. No file is no outputs. */
export type OutputFile =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "refused"; readonly message: string };

/**
 * Reads at most the limit, and only a plain file: a script may have left anything there, and a FIFO or a link to an endless
 * device must not hold up the service, whose file system calls share a few threads with its database.
 */
export async function readOutputFile(path: string): Promise<OutputFile> {
  // Most scripts write none. One look on the spot takes microseconds; a thread's answer would come a tenth of a millisecond later.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { kind: "text", text: "" };
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) {
    if (file.code === "ENOENT") return { kind: "text", text: "" };
    return refused(file.code === "ELOOP" ? "it is a symbolic link, not a file" : file.message);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return refused("it is not a plain file");
    const buffer = Buffer.alloc(Math.min(stats.size, MAX_OUTPUT_BYTES) + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_OUTPUT_BYTES) {
      return refused(`the file is ${stats.size} bytes, limit is ${MAX_OUTPUT_BYTES} bytes`);
    }
    return { kind: "text", text: buffer.toString("utf8", 0, bytesRead) };
  } finally {
    await file.close();
  }
}

function refused(problem: string): OutputFile {
  return { kind: "refused", message: `Cannot read the outputs: ${problem}` };
}

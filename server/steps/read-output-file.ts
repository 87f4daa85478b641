import { lstatSync } from "node:fs";
import { openPlainFile } from "../plain-file.js";
import { MAX_OUTPUT_BYTES } from "./output-file.js";

/** What a script has left at `$HEADWATER_OUTPUT`, or why it cannot be read. No file is no outputs. */
export type OutputFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly message: string };

/** Reads at most the limit, and only a plain file. */
export async function readOutputFile(path: string): Promise<OutputFile> {
  // Most scripts write none. One look on the spot takes microseconds; a thread's answer would come a tenth of a millisecond later.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { kind: "text", text: "" };
  const found = await openPlainFile(path);
  if (found.kind === "missing") return { kind: "text", text: "" };
  if (found.kind === "refused") return refused(found.problem);
  const { file, sizeBytes } = found;
  try {
    const buffer = Buffer.alloc(Math.min(sizeBytes, MAX_OUTPUT_BYTES) + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_OUTPUT_BYTES) {
      return refused(`the file is ${sizeBytes} bytes, limit is ${MAX_OUTPUT_BYTES} bytes`);
    }
    return { kind: "text", text: buffer.toString("utf8", 0, bytesRead) };
  } finally {
    await file.close();
  }
}

function refused(problem: string): OutputFile {
  return { kind: "refused", message: `Cannot read the outputs: ${problem}` };
}

import { createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { appendLogLine } from "../logs/append-line.js";
import { notebookFileOf } from "../logs/log-files.js";
import { findFailedCell } from "./find-failed-cell.js";
import { openPlainFile } from "../plain-file.js";

/** A notebook with more in it stays where nobody looks: it is thrown away with the attempt's other files. */
const LARGEST_KEPT_BYTES = 100 * 1024 * 1024;
/** What is read of it takes ten times as much memory; a failure in a larger one is told as that of any script. */
const LARGEST_READ_BYTES = 32 * 1024 * 1024;

export interface ExecutedNotebook {
  /** Where papermill has written it, and whatever else ran there. */
  readonly executed: string;
  readonly logFile: string;
  readonly hasFailed: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Keeps what a notebook has become beside the attempt's log, and answers which cell failed; null when none has, or it cannot be told. */
export async function keepNotebook({
  executed,
  logFile,
  hasFailed,
  now,
}: ExecutedNotebook): Promise<string | null> {
  const found = await openPlainFile(executed);
  if (found.kind === "missing") return null;
  const notKept = (problem: string): Promise<void> =>
    appendLogLine(logFile, now, `not kept, ${problem}: the notebook`);
  if (found.kind === "refused") {
    await notKept(found.problem);
    return null;
  }
  const { file, sizeBytes } = found;
  try {
    if (sizeBytes > LARGEST_KEPT_BYTES) {
      await notKept(`${sizeBytes} bytes are over the limit of ${LARGEST_KEPT_BYTES}`);
      return null;
    }
    const kept = notebookFileOf(logFile);
    await mkdir(dirname(kept), { recursive: true });
    await copy(file, sizeBytes, kept);
    await appendLogLine(logFile, now, `the executed notebook is "${kept}"`);
    if (!hasFailed || sizeBytes > LARGEST_READ_BYTES) return null;
    return await findFailedCell(kept);
  } finally {
    await file.close();
  }
}

/** No more than it had when it was looked at: something that the attempt has left behind may still write. */
async function copy(file: FileHandle, sizeBytes: number, to: string): Promise<void> {
  const end = Math.max(sizeBytes - 1, 0);
  await pipeline(file.createReadStream({ start: 0, end, autoClose: false }), createWriteStream(to));
}

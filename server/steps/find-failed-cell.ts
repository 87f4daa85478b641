import { Worker } from "node:worker_threads";

/** For a notebook of some ten megabytes; one that needs more is told as the failure of any script. */
const MEMORY_MB = 512;
const THREAD = new URL("./failed-cell-thread.js", import.meta.url);

/** See `failedCell`: in a thread of its own, since a large notebook takes a second to read, in which the service would answer nobody. */
export function findFailedCell(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const thread = new Worker(THREAD, {
      workerData: path,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    thread.once("message", (cell: unknown) => resolve(typeof cell === "string" ? cell : null));
    // It ran out of memory, or the file is gone: nothing is known.
    thread.once("error", () => resolve(null));
    thread.once("exit", () => resolve(null));
  });
}

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { HousekeepingOptions } from "./housekeeping-options.js";

export type PruneLogsOptions = Pick<HousekeepingOptions, "dataFolder" | "keepLogsMs" | "clock" | "log"> & {
  readonly store: Pick<HousekeepingOptions["store"], "filterRuns">;
};

/** Folders that the store is asked about at once. */
const FOLDERS_AT_ONCE = 500;

/** Removes the log folders of runs that are gone, and those in which nothing was written for `keepLogsMs`; says how many. */
export async function pruneLogs(
  { dataFolder, store, keepLogsMs, clock, log }: PruneLogsOptions,
  stop: AbortSignal,
): Promise<number> {
  const folder = join(dataFolder, "logs");
  const oldest = clock.now() - keepLogsMs;
  const runs = await readdir(folder).catch(() => []);
  let removed = 0;
  for (let start = 0; start < runs.length && !stop.aborted; start += FOLDERS_AT_ONCE) {
    const some = runs.slice(start, start + FOLDERS_AT_ONCE);
    // A run is stored before its first attempt writes: what is not there now is gone.
    const known = new Set(await store.filterRuns(some));
    for (const run of some) {
      const path = join(folder, run);
      if (known.has(run) && (await isNewerThan(oldest, path))) continue;
      await rm(path, { recursive: true, force: true });
      removed += 1;
    }
  }
  if (removed > 0) log.info("removed the logs of old runs", { runs: removed });
  return removed;
}

/** A folder's own time tells only when a file was added to it: a run that has begun long ago may still write. */
async function isNewerThan(time: number, path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  if (stats === null || !stats.isDirectory()) return (stats?.mtimeMs ?? 0) >= time;
  if (stats.mtimeMs >= time) return true;
  for (const name of await readdir(path).catch(() => [])) {
    if (await isNewerThan(time, join(path, name))) return true;
  }
  return false;
}

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { schedule } from "node-cron";
import type { Clock } from "./clock.js";
import type { Log } from "./log.js";

export interface HousekeepingOptions {
  readonly dataFolder: string;
  readonly keepLogsMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** At night, when few watch. One fixed time of the machine is what node-cron serves well; authors' schedules are the triggers' work. */
const NIGHTLY = "17 3 * * *";

/** A service that is up by day only would never see a night. */
const AFTER_START_MS = 10 * 60_000;

/** Throws away what nobody will ask for: the logs of runs that are older than `keepLogsMs`. Runs themselves are kept. */
export function createHousekeeping(options: HousekeepingOptions): {
  start(): Promise<void>;
  stop(): Promise<void>;
} {
  const prune = async (): Promise<void> => {
    try {
      await pruneLogs(options);
    } catch (error) {
      options.log.warn("cannot remove the logs of old runs", { reason: String(error) });
    }
  };
  const task = schedule(NIGHTLY, prune, { name: "housekeeping", noOverlap: true });
  void task.stop();
  let cancelFirst = (): void => undefined;
  return {
    start: async () => {
      cancelFirst = options.clock.after(AFTER_START_MS, () => void prune());
      await task.start();
    },
    stop: async () => {
      cancelFirst();
      await task.destroy();
    },
  };
}

/** Removes the log folders in which nothing was written for `keepLogsMs`; says how many. */
export async function pruneLogs({
  dataFolder,
  keepLogsMs,
  clock,
  log,
}: HousekeepingOptions): Promise<number> {
  const folder = join(dataFolder, "logs");
  const oldest = clock.now() - keepLogsMs;
  let removed = 0;
  for (const run of await readdir(folder).catch(() => [])) {
    const path = join(folder, run);
    if (await isNewerThan(oldest, path)) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
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

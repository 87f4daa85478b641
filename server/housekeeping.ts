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

/** Throws away what nobody will ask for: the logs of runs that are older than `keepLogsMs`. Runs themselves are kept. */
export function createHousekeeping(options: HousekeepingOptions): {
  start(): Promise<void>;
  stop(): Promise<void>;
} {
  const task = schedule(NIGHTLY, () => pruneLogs(options), { name: "housekeeping", noOverlap: true });
  void task.stop();
  return {
    start: async () => await task.start(),
    stop: async () => await task.destroy(),
  };
}

/** Removes the log folders that were last written to before `keepLogsMs` ago; says how many. */
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
    const { mtimeMs } = await stat(path);
    if (mtimeMs >= oldest) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  if (removed > 0) log.info("removed the logs of old runs", { runs: removed });
  return removed;
}

import type { HousekeepingOptions } from "./housekeeping-options.js";
import { pruneInPages } from "./prune-in-pages.js";

/** Runs that are looked at, and at most forgotten, in one transaction; those that one of them has set going come on top. */
const RUNS_AT_ONCE = 200;

/** Forgets the runs that ended longer than `keepRunsMs` ago and that nobody needs, and deletes their rows; says how many. */
export async function pruneRuns(
  { store, keepRunsMs, clock, log }: Pick<HousekeepingOptions, "store" | "keepRunsMs" | "clock" | "log">,
  stop: AbortSignal,
): Promise<number> {
  let removed = 0;
  if (keepRunsMs !== null) {
    const endedBefore = clock.now() - keepRunsMs;
    removed = await pruneInPages((page) => store.pruneRuns({ ...page, endedBefore }), RUNS_AT_ONCE, stop);
  }
  // Also those that an earlier life has forgotten and not deleted.
  while (!stop.aborted && (await store.sweepPrunedRuns())) continue;
  if (removed > 0) log.info("removed old runs", { runs: removed });
  return removed;
}

import type { HousekeepingOptions } from "./housekeeping-options.js";

const ALERTS_AT_ONCE = 1000;

/** Deletes the alerts that were made longer ago than logs are kept and that wait no longer; says how many. */
export async function pruneAlerts(
  { store, keepLogsMs, clock, log }: Pick<HousekeepingOptions, "store" | "keepLogsMs" | "clock" | "log">,
  stop: AbortSignal,
): Promise<number> {
  const before = clock.now() - keepLogsMs;
  let removed = 0;
  for (let pruned = ALERTS_AT_ONCE; pruned === ALERTS_AT_ONCE && !stop.aborted;) {
    pruned = await store.pruneAlerts(before, ALERTS_AT_ONCE);
    removed += pruned;
  }
  if (removed > 0) log.info("removed old alerts", { alerts: removed });
  return removed;
}

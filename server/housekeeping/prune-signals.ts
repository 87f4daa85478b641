import type { HousekeepingOptions } from "./housekeeping-options.js";
import { pruneInPages } from "./prune-in-pages.js";

const SIGNALS_AT_ONCE = 1000;

/** Deletes the signals that were recorded longer than `keepSignalsMs` ago and that nobody needs; says how many. */
export async function pruneSignals(
  {
    store,
    keepSignalsMs,
    clock,
    log,
  }: Pick<HousekeepingOptions, "store" | "keepSignalsMs" | "clock" | "log">,
  stop: AbortSignal,
): Promise<number> {
  if (keepSignalsMs === null) return 0;
  const now = clock.now();
  const neededSince = await store.signalsNeededSince(now);
  const before = Math.min(now - keepSignalsMs, neededSince ?? now);
  const removed = await pruneInPages(
    (page) => store.pruneSignals({ ...page, before }),
    SIGNALS_AT_ONCE,
    stop,
  );
  if (removed > 0) log.info("removed old signals", { signals: removed });
  return removed;
}

import type { HousekeepingOptions } from "./housekeeping-options.js";

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
  let removed = 0;
  for (let after: number | null = 0; after !== null && !stop.aborted;) {
    const { pruned, next } = await store.pruneSignals({ before, after, limit: SIGNALS_AT_ONCE });
    removed += pruned;
    after = next;
  }
  if (removed > 0) log.info("removed old signals", { signals: removed });
  return removed;
}

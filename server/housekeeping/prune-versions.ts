import type { HousekeepingOptions } from "./housekeeping-options.js";

const VERSIONS_AT_ONCE = 500;

/** Forgets the versions that nobody needs and that were last live longer than `keepDeploymentsMs` ago; says how many. */
export async function pruneVersions(
  {
    store,
    keepDeploymentsMs,
    clock,
    log,
  }: Pick<HousekeepingOptions, "store" | "keepDeploymentsMs" | "clock" | "log">,
  stop: AbortSignal,
): Promise<number> {
  if (keepDeploymentsMs === null) return 0;
  const endedBefore = clock.now() - keepDeploymentsMs;
  let removed = 0;
  for (let after: number | null = 0; after !== null && !stop.aborted;) {
    const { pruned, next } = await store.pruneVersions({ endedBefore, after, limit: VERSIONS_AT_ONCE });
    removed += pruned;
    after = next;
  }
  if (removed > 0) log.info("removed old versions of workflows", { versions: removed });
  return removed;
}

import type { HousekeepingOptions } from "./housekeeping-options.js";

const DEPLOYMENTS_AT_ONCE = 500;

/** Forgets the deployments that ended longer than `keepDeploymentsMs` ago and that nobody needs; says how many. */
export async function pruneDeployments(
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
    const { pruned, next } = await store.pruneDeployments({ endedBefore, after, limit: DEPLOYMENTS_AT_ONCE });
    removed += pruned;
    after = next;
  }
  if (removed > 0) log.info("removed old deployments", { deployments: removed });
  return removed;
}

import type { HousekeepingOptions } from "./housekeeping-options.js";
import { pruneInPages } from "./prune-in-pages.js";

const DEPLOYMENTS_AT_ONCE = 500;

/** Forgets the deployments, and what else happened to repositories, that ended longer than `keepDeploymentsMs` ago and that nobody needs; says how many. */
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
  const removed = await pruneInPages(
    (page) => store.pruneDeployments({ ...page, endedBefore }),
    DEPLOYMENTS_AT_ONCE,
    stop,
  );
  const events = await pruneInPages(
    (page) => store.pruneSourceEvents({ ...page, endedBefore }),
    DEPLOYMENTS_AT_ONCE,
    stop,
  );
  if (removed + events > 0) log.info("removed old deployments", { deployments: removed, events });
  return removed;
}

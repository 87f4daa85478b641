import type { HousekeepingOptions } from "./housekeeping-options.js";
import { pruneInPages } from "./prune-in-pages.js";

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
  const removed = await pruneInPages(
    (page) => store.pruneVersions({ ...page, endedBefore }),
    VERSIONS_AT_ONCE,
    stop,
  );
  if (removed > 0) log.info("removed old versions of workflows", { versions: removed });
  return removed;
}

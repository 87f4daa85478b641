import type { PrunedPage, PruneQuery } from "./retention.js";

/** Which versions are thrown away. */
export interface VersionRetention {
  /**
   * Looks at the next versions, oldest first, and forgets those that were made, and were last live, before `endedBefore`. Kept are those that
   * others still need: the newest of each workflow, whose number counts on; what is live or has a tombstone; what was live at a deployment that
   * is listed, and so at the commit of every run; what slots that have come wait for; what a backfill that goes on makes runs of; and what previews of pull requests and backfills of branches have run. `next`
   * is where to go on; null at the end.
   */
  pruneVersions(query: PruneQuery & { readonly endedBefore: number }): Promise<PrunedPage>;
}

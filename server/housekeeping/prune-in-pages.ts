import type { PrunedPage, PruneQuery } from "../store/retention.js";

/** Prunes page after page, each a transaction of its own, until all was looked at or `stop` comes; says how many went. */
export async function pruneInPages(
  prunePage: (page: Required<Pick<PruneQuery, "after" | "limit">>) => Promise<PrunedPage>,
  limit: number,
  stop: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let after: number | null = 0; after !== null && !stop.aborted;) {
    const { pruned, next } = await prunePage({ after, limit });
    removed += pruned;
    after = next;
  }
  return removed;
}

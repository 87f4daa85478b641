import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { RepositoryRow } from "../store/store.js";
import type { Followed } from "./followed.js";

/** A repository that nobody has looked at yet. */
export function newRepository(
  wanted: Followed,
  { clock, ids }: { readonly clock: Pick<Clock, "now">; readonly ids: Ids },
): RepositoryRow {
  const now = clock.now();
  const id = ids.next("repo", now);
  return { ...wanted, id, createdAt: now, headCommit: null, checkedAt: null, problem: null };
}

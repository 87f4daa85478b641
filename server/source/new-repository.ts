import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { RepositoryRow } from "../store/store.js";
import type { Registered } from "./followed.js";

/** A repository that nobody has looked at yet. */
export function newRepository(
  wanted: Registered,
  { clock, ids }: { readonly clock: Pick<Clock, "now">; readonly ids: Ids },
): RepositoryRow {
  const now = clock.now();
  const id = ids.next("repo", now);
  const seen = { headCommit: null, checkedAt: null, problem: null };
  return { ...wanted, ...seen, id, declared: null, createdAt: now };
}

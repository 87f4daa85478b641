import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { declaredBranches, declaredPrefix, DECLARED_MAX } from "./declared-branches.js";
import type { Followed } from "./followed.js";

export interface SettleOptions {
  readonly store: Pick<Store, "findDeployedEnvironments" | "removeRepository">;
  /** Writes a row down, and tells of it. */
  readonly save: (row: RepositoryRow) => Promise<void>;
  /** Tells that a row is gone. */
  readonly publish: (id: string) => void;
  /** What is followed beside that repository and what it declares, or is about to be. */
  readonly listOthers: (own: RepositoryRow) => readonly Followed[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * Follows what a registered repository declares by what is deployed of it, and leaves what it does not declare any more: the deployment
 * that said so has removed its workflows, or nobody wants it to be followed. Safe to repeat.
 */
export async function settleDeclared(
  own: RepositoryRow,
  declared: readonly RepositoryRow[],
  options: SettleOptions,
): Promise<readonly RepositoryRow[]> {
  if (own.follows === "branch" && declared.length === 0) return declared;
  const { store, save, publish, listOthers, clock, ids, log } = options;
  const now = clock.now();
  const rows = declaredBranches({
    own,
    declared,
    others: listOthers(own),
    deployed: await store.findDeployedEnvironments(own.id),
    now,
    newId: () => ids.next(declaredPrefix(own.id), now),
  });
  for (const { id } of declared.filter((before) => !rows.some((row) => row.id === before.id))) {
    await store.removeRepository(id);
    publish(id);
  }
  const fresh = rows.filter((row) => !declared.includes(row));
  for (const row of fresh) await save(row);
  if (fresh.length > 0 && rows.length === DECLARED_MAX)
    log.warn("Follows no more branches of a repository than the first that are declared", {
      url: own.url,
      followed: rows.length,
    });
  return rows;
}

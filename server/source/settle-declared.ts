import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow, Store } from "../store/store.js";
import {
  declaredBranches,
  declaredPrefix,
  declaresOthers,
  DECLARED_MAX,
  type DeclaredRequest,
} from "./declared-branches.js";
import type { Listed } from "./followed.js";

export interface SettleOptions {
  readonly store: Pick<Store, "findDeployedEnvironments" | "removeRepository">;
  /** Writes a row down, and tells of it. */
  readonly save: (row: RepositoryRow) => Promise<void>;
  /** Tells that a row is gone. */
  readonly tellGone: (id: string) => void;
  /** What is followed beside that repository and what it declares, or is about to be. */
  readonly listOthers: (own: RepositoryRow) => Pick<DeclaredRequest, "others" | "registered">;
  /** From now on nobody else comes to follow these. */
  readonly reserve: (own: RepositoryRow, rows: readonly RepositoryRow[]) => void;
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
  const { store, save, tellGone, listOthers, reserve, clock, ids, log } = options;
  const now = clock.now();
  const deployed = await store.findDeployedEnvironments(own.id);
  // What others follow need not be known then: with very many of them that is the greater part of a look that finds nothing new.
  if (declared.length === 0 && !declaresOthers(deployed)) {
    reserve(own, declared);
    return declared;
  }
  // Between what others follow and what is reserved nobody else has a turn.
  const rows = declaredBranches({
    own,
    declared,
    deployed,
    now,
    newId: () => ids.next(declaredPrefix(own.id), now),
    ...listOthers(own),
  });
  reserve(own, rows);
  for (const { id } of declared.filter((before) => !rows.some((row) => row.id === before.id))) {
    await store.removeRepository(id);
    tellGone(id);
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

/** What is followed beside a registered repository and what it declares, or is about to be: by rows, and by the file of repositories. */
export function othersOf(
  own: RepositoryRow,
  taken: readonly RepositoryRow[],
  listed: readonly Listed[],
): ReturnType<SettleOptions["listOthers"]> {
  const rows = taken.filter(({ id, declared }) => id !== own.id && declared?.by !== own.id);
  return {
    others: [...rows, ...listed.filter(({ name }) => name !== own.name)],
    registered: rows.filter(({ declared }) => declared === null),
  };
}

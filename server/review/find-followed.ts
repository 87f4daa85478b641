import { repositoryKey } from "../source/remote/repository-url.js";
import type { HostRepositoryRow } from "../store/host-repositories.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { Place } from "./place.js";

export interface FollowedRows {
  readonly store: Pick<Store, "listRepositories" | "listHostRepositories">;
  readonly hostName: string;
}

/** A repository of a host, as we know it. */
export interface Followed {
  /** Null when it is not followed. One that follows the branch goes before others. */
  readonly row: RepositoryRow | null;
  /** The host has shown us the repository, by its number, so that one that is not followed is known not to be. */
  readonly isKnown: boolean;
}

/**
 * Which of the repositories that we follow it is. Its number counts, for that outlives its name: one that was renamed is followed under the
 * name before until the host was asked, and another one may have that name meanwhile.
 */
export async function findFollowed(
  place: Pick<Place, "repositoryId" | "cloneUrl">,
  base: string,
  { store, hostName }: FollowedRows,
): Promise<Followed> {
  const [rows, shown] = await Promise.all([store.listRepositories(), store.listHostRepositories(hostName)]);
  const keys = keysOf(place, shown);
  const own = rows.filter(({ url }) => keys.includes(repositoryKey(url)));
  const row = own.find(({ branch }) => branch === base) ?? own[0] ?? null;
  return { row, isKnown: shown.some(({ id }) => id === place.repositoryId) };
}

function keysOf(
  { repositoryId, cloneUrl }: Pick<Place, "repositoryId" | "cloneUrl">,
  shown: readonly HostRepositoryRow[],
): readonly string[] {
  const now = repositoryKey(cloneUrl);
  const before = shown.filter(({ id }) => id === repositoryId).map((one) => repositoryKey(one.cloneUrl));
  const isOfAnother = shown.some((one) => one.id !== repositoryId && repositoryKey(one.cloneUrl) === now);
  return isOfAnother ? before : [...before, now];
}

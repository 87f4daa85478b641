import { repositoryKey } from "../source/remote/repository-url.js";
import type { Visibility } from "../store/host-repositories.js";
import type { RepositoryRow, Store } from "../store/store.js";

const READERS: Readonly<Record<Visibility, number>> = { private: 0, internal: 1, public: 2 };

/** Says of repositories that are followed, by their ids, whether they may be named where somebody reads. */
export type MayName = (repositoryId: string) => boolean;

/**
 * What may be named in the check of a repository: nothing of one that fewer people may read. Where nobody knows who may, everybody may read
 * the check, and nobody else may read the other one.
 */
export async function audienceOf(
  { id, url }: Pick<RepositoryRow, "id" | "url">,
  { store, hostName }: { readonly store: AudienceRows; readonly hostName: string },
): Promise<MayName> {
  const [rows, shown] = await Promise.all([store.listRepositories(), store.listHostRepositories(hostName)]);
  const known = new Map(shown.map(({ cloneUrl, visibility }) => [repositoryKey(cloneUrl), visibility]));
  const readersOf = (at: string, unknown: Visibility): number =>
    READERS[known.get(repositoryKey(at)) ?? unknown];
  const urls = new Map(rows.map((row) => [row.id, row.url]));
  const own = readersOf(url, "public");
  return (other) => other === id || readersOf(urls.get(other) ?? "", "private") >= own;
}

export type AudienceRows = Pick<Store, "listRepositories" | "listHostRepositories">;

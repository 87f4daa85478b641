import type { Repository } from "@headwater/api";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { PinRow } from "../store/deployment-decisions.js";
import type { RepositoryRow, Store } from "../store/store.js";

/** What repositories are told with. */
export interface Beside {
  readonly rows: readonly RepositoryRow[];
  readonly pins: readonly PinRow[];
}

type AnswerStore = Pick<Store, "listDeployments" | "findDeployedEnvironments">;

/** A repository as the API tells it: with its newest commit, where that was not deployed. Three look-ups by index at most. */
export async function repositoryAnswer(
  store: AnswerStore,
  row: RepositoryRow,
  { rows, pins }: Beside,
): Promise<Repository> {
  const { declared } = row;
  return {
    ...row,
    declared: declared === null ? null : { by: declared.by, environment: declared.environment },
    unfollowed: declared === null ? await listUnfollowed(store, row, rows) : [],
    notLive: await findNotLive(store, row.id),
    pins: pins.filter(({ repositoryId }) => repositoryId === row.id),
  };
}

async function listUnfollowed(
  store: AnswerStore,
  { id, url }: RepositoryRow,
  rows: readonly RepositoryRow[],
): Promise<Repository["unfollowed"]> {
  const deployed = await store.findDeployedEnvironments(id);
  const key = repositoryKey(url);
  const isFollowed = (wanted: string): boolean =>
    rows.some((row) => row.branch === wanted && repositoryKey(row.url) === key);
  return Object.entries(deployed?.environments ?? {})
    .filter(([environment, { branch }]) => environment !== deployed?.own && !isFollowed(branch))
    .map(([environment, { branch }]) => ({ environment, branch }));
}

async function findNotLive(
  store: Pick<Store, "listDeployments">,
  repositoryId: string,
): Promise<Repository["notLive"]> {
  const [newest] = await store.listDeployments({ repositoryId, limit: 1 });
  if (newest === undefined) return null;
  const { status, commit, project } = newest;
  if (status !== "refused" && status !== "held") return null;
  const statuses = ["active", "unchanged"] as const;
  const [live] = await store.listDeployments({ repositoryId, statuses, limit: 1 });
  return { commit, status, project: project ?? live?.project ?? null, liveCommit: live?.commit ?? null };
}

import type { Repository } from "@headwater/api";
import type { PinRow } from "../store/deployment-decisions.js";
import type { RepositoryRow, Store } from "../store/store.js";

/** A repository as the API tells it: with its newest commit, where that was not deployed. Two look-ups by index at most. */
export async function repositoryAnswer(
  store: Pick<Store, "listDeployments">,
  row: RepositoryRow,
  pins: readonly PinRow[],
): Promise<Repository> {
  return {
    ...row,
    notLive: await findNotLive(store, row.id),
    pins: pins.filter(({ repositoryId }) => repositoryId === row.id),
  };
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

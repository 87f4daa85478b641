import type { Repository } from "@headwater/api";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { Source } from "../source/source.js";
import type { DeployedEnvironments } from "../store/declared-branches.js";
import type { PinRow } from "../store/deployment-decisions.js";
import type { RepositoryRow, Store } from "../store/store.js";

/** What repositories are told with. */
export interface Beside {
  readonly rows: readonly RepositoryRow[];
  /** The branches that are followed, by `branchKey`. */
  readonly followed: ReadonlySet<string>;
  /** By the id of the repository; of one that is not among them it is unknown. */
  readonly deployed: ReadonlyMap<string, DeployedEnvironments>;
  readonly pins: readonly PinRow[];
  readonly redirectOf: Source["redirectOf"];
}

/** Looked up once, however many repositories are told of. */
export async function listBeside(
  store: Pick<Store, "listRepositories" | "listOpenPins" | "listDeployedEnvironments">,
  source: Pick<Source, "redirectOf">,
): Promise<Beside> {
  const [rows, pins, deployed] = await Promise.all([
    store.listRepositories(),
    store.listOpenPins(),
    store.listDeployedEnvironments(),
  ]);
  const redirectOf = (id: string): string | null => source.redirectOf(id);
  return { rows, followed: new Set(rows.map(branchKey)), deployed, pins, redirectOf };
}

/** A repository as the API tells it: with its newest commit, where that was not deployed. Two look-ups by index at most. */
export async function repositoryAnswer(
  store: Pick<Store, "listDeployments">,
  row: RepositoryRow,
  { followed, deployed, pins, redirectOf }: Beside,
): Promise<Repository> {
  const { declared } = row;
  return {
    ...row,
    declared: declared === null ? null : { by: declared.by, environment: declared.environment },
    cloning: declared === null && row.checkedAt === null,
    redirectedTo: redirectOf(row.id),
    unfollowed: declared === null ? listUnfollowed(row, followed, deployed.get(row.id)) : [],
    notLive: await findNotLive(store, row.id),
    pins: pins.filter(({ repositoryId }) => repositoryId === row.id),
  };
}

function listUnfollowed(
  { url }: RepositoryRow,
  followed: ReadonlySet<string>,
  deployed: DeployedEnvironments | undefined,
): Repository["unfollowed"] {
  return Object.entries(deployed?.environments ?? {})
    .filter(([environment, { branch }]) => {
      return environment !== deployed?.own && !followed.has(branchKey({ url, branch }));
    })
    .map(([environment, { branch }]) => ({ environment, branch }));
}

function branchKey({ url, branch }: Pick<RepositoryRow, "url" | "branch">): string {
  return `${repositoryKey(url)} ${branch}`;
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

import { repositoryKey } from "../source/remote/repository-url.js";
import type { Claims } from "../store/change-claims.js";
import type { MentionRow } from "../store/lineage-rows.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { MayName } from "./audience.js";
import { emittedSignals, nameOfEmitted } from "./emitted-signals.js";

export type DeployedRows = Pick<
  Store,
  "listMentions" | "findWorkflow" | "findVersion" | "listEnvironments" | "listRepositories"
>;

/** Of a change; of each of them so many workflows of other projects are looked at. */
const SIGNALS_MAX = 50;
const WRITERS_MAX = 100;
const ROLES = ["emits"] as const;

/** Workflows of other projects, `project/workflow`, that emit a signal of the change as they are deployed, and may be named. By signal. */
export async function findDeployedWriters(
  { project, emits }: Claims,
  rows: DeployedRows,
  mayName: MayName,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const environments = await rows.listEnvironments();
  const isTold = (one: MentionRow): boolean =>
    one.project !== project &&
    environments.some(
      (other) =>
        other.project === one.project && other.environment === one.environment && mayName(other.repositoryId),
    );
  const claimed = new Set(emits.map(({ signal }) => signal));
  const names = new Set([...claimed].map(nameOfEmitted));
  const writers = new Map<string, Set<string>>();
  for (const subject of [...names].slice(0, SIGNALS_MAX)) {
    const mentions = await rows.listMentions({ subject, roles: ROLES, limit: WRITERS_MAX });
    for (const mention of mentions.filter(isTold)) {
      const emitted = await emittedBy(mention, rows);
      for (const signal of emitted.filter((one) => claimed.has(one)))
        writers.set(signal, (writers.get(signal) ?? new Set()).add(`${mention.project}/${mention.name}`));
    }
  }
  return new Map([...writers].map(([signal, found]) => [signal, [...found]]));
}

/** The same, with those among the rivals of what it emits. */
export function withWriters(claims: Claims, writers: ReadonlyMap<string, readonly string[]>): Claims {
  const emits = claims.emits.map((one) => ({
    ...one,
    rivals: [...one.rivals, ...(writers.get(one.signal) ?? [])],
  }));
  return { ...claims, emits };
}

async function emittedBy(
  { project, environment, name: workflow }: MentionRow,
  rows: DeployedRows,
): Promise<readonly string[]> {
  const row = await rows.findWorkflow({ project, environment, workflow });
  const version = row?.removedAt === null ? await rows.findVersion(row.versionId) : null;
  return version === null ? [] : [...emittedSignals(version.definition)];
}

/** The repository that has deployed the project, where that is another one than `url`: a merge would be refused. */
export async function findOwnerOfProject(
  project: string,
  url: string,
  rows: DeployedRows,
): Promise<RepositoryRow | null> {
  const [environments, repositories] = await Promise.all([rows.listEnvironments(), rows.listRepositories()]);
  const owners = new Set(
    environments.filter((one) => one.project === project).map((one) => one.repositoryId),
  );
  const here = repositoryKey(url);
  return repositories.find((one) => owners.has(one.id) && repositoryKey(one.url) !== here) ?? null;
}

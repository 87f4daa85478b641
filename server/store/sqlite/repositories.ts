import type { Clock } from "../../clock.js";
import type { Declaration, DeployedEnvironments, EnvironmentSettings } from "../declared-branches.js";
import type { RepositoryRow, Store, WorkflowKey } from "../store.js";
import type { DeployingAccess } from "./access.js";
import type { Connection } from "./connection.js";
import { endPinsOf } from "./deployment-decisions.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { endSourceEventsOf } from "./source-events.js";
import { buryWorkflows, forgetEmptyEnvironments } from "./tombstones.js";

type RepositoryRecord = Omit<RepositoryRow, "declared"> & {
  readonly declared: JsonText<Declaration> | null;
};

/** What the store knows of repositories. */
export function repositoryMethods(
  { read, write, deploy }: DeployingAccess,
  clock: Clock,
): Pick<
  Store,
  | "saveRepository"
  | "saveCheckedTimes"
  | "removeRepository"
  | "listRepositories"
  | "findDeployedEnvironments"
  | "listDeployedEnvironments"
> {
  return {
    saveRepository: (repository) => write((db) => saveRepository(db, repository)),
    saveCheckedTimes: (times) => write((db) => saveCheckedTimes(db, times)),
    removeRepository: (id) => deploy((db) => removeRepository(db, { id, at: clock.now() })),
    listRepositories: () => read((db) => listRepositories(db)),
    findDeployedEnvironments: (id) => read((db) => findDeployedEnvironments(db, id)),
    listDeployedEnvironments: () => read((db) => listDeployedEnvironments(db)),
  };
}

/** Adds the repository, or replaces what is known of it. */
async function saveRepository(connection: Connection, repository: RepositoryRow): Promise<void> {
  await connection.run(
    `INSERT INTO repository (id, name, url, branch, follows, declared, created_at, head_commit, checked_at, problem)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, branch = excluded.branch,
       follows = excluded.follows, declared = excluded.declared, head_commit = excluded.head_commit,
       checked_at = excluded.checked_at, problem = excluded.problem`,
    [
      repository.id,
      repository.name,
      repository.url,
      repository.branch,
      repository.follows,
      repository.declared === null ? null : JSON.stringify(repository.declared),
      repository.createdAt,
      repository.headCommit,
      repository.checkedAt,
      repository.problem,
    ],
  );
}

async function saveCheckedTimes(connection: Connection, times: ReadonlyMap<string, number>): Promise<void> {
  await connection.run(
    `UPDATE repository SET checked_at = one.value->>1 FROM json_each(?) AS one WHERE repository.id = one.value->>0`,
    [JSON.stringify([...times])],
  );
}

/**
 * Forgets the repository, and the branches that are followed because of it; their workflows get a tombstone, so that nothing starts them
 * any more, and nothing waits to.
 */
async function removeRepository(
  connection: Connection,
  removal: { readonly id: string; readonly at: number },
): Promise<void> {
  const declared = await connection.all<Pick<RepositoryRow, "id">>(
    "SELECT id FROM repository WHERE declared->>'by' = ?",
    [removal.id],
  );
  for (const { id } of [...declared, removal]) await removeOne(connection, { ...removal, id });
}

async function removeOne(
  connection: Connection,
  removal: Parameters<typeof removeRepository>[1],
): Promise<void> {
  const live = await connection.all<WorkflowKey>(
    "SELECT project, environment, workflow FROM workflow WHERE repository_id = ? AND removed_at IS NULL",
    [removal.id],
  );
  await buryWorkflows(connection, live, removal.at);
  await forgetEmptyEnvironments(connection, live);
  await endPinsOf(connection, removal.id, removal.at);
  await endSourceEventsOf(connection, removal.id, removal.at);
  await connection.run("DELETE FROM commit_confirmation WHERE repository_id = ?", [removal.id]);
  await connection.run("DELETE FROM removal_confirmation WHERE repository_id = ?", [removal.id]);
  await connection.run("DELETE FROM change_claims WHERE repository_id = ?", [removal.id]);
  await connection.run("DELETE FROM repository WHERE id = ?", [removal.id]);
}

/** By name. */
async function listRepositories(connection: Connection): Promise<readonly RepositoryRow[]> {
  const records = await connection.all<RepositoryRecord>(
    `SELECT id, name, url, branch, follows, declared, created_at AS createdAt, head_commit AS headCommit,
       checked_at AS checkedAt, problem
     FROM repository ORDER BY name`,
  );
  return records.map(({ declared, ...row }) => ({
    ...row,
    declared: declared === null ? null : parseColumn(declared),
  }));
}

/** Settings of an earlier build do not say from which branches backfills may come. */
type Written = Omit<EnvironmentSettings, "backfillsFrom"> &
  Partial<Pick<EnvironmentSettings, "backfillsFrom">>;

interface EnvironmentsRecord {
  readonly own: string;
  readonly environments: JsonText<Readonly<Record<string, Written>>>;
}

/** See `DeclaredBranchRows`. */
async function findDeployedEnvironments(
  connection: Connection,
  repositoryId: string,
): Promise<DeployedEnvironments | null> {
  const [row] = await connection.all<EnvironmentsRecord>(
    `SELECT environment AS own, settings->'$.environments' AS environments FROM project
     WHERE repository_id = ?1
       AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.repository_id = ?1 AND pin.ended_at IS NULL)
     ORDER BY updated_at DESC LIMIT 1`,
    [repositoryId],
  );
  return row === undefined ? null : readEnvironments(row);
}

/** See `DeclaredBranchRows`. Of those that a repository has deployed, SQLite takes the other columns from the one with the greatest time. */
async function listDeployedEnvironments(
  connection: Connection,
): Promise<ReadonlyMap<string, DeployedEnvironments>> {
  const rows = await connection.all<EnvironmentsRecord & { readonly repositoryId: string }>(
    `SELECT repository_id AS repositoryId, environment AS own, settings->'$.environments' AS environments,
       MAX(updated_at) AS updatedAt
     FROM project
     WHERE repository_id NOT IN (SELECT repository_id FROM pin WHERE ended_at IS NULL)
     GROUP BY repository_id`,
  );
  return new Map(rows.map((row) => [row.repositoryId, readEnvironments(row)]));
}

function readEnvironments({ own, environments }: EnvironmentsRecord): DeployedEnvironments {
  const written = Object.entries(parseColumn(environments));
  const settings = written.map(([name, one]) => [name, { backfillsFrom: [], ...one }] as const);
  return { own, environments: Object.fromEntries(settings) };
}

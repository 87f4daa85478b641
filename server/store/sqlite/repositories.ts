import type { RepositoryRow, WorkflowKey } from "../store.js";
import type { Connection } from "./connection.js";
import { endPinsOf } from "./deployment-decisions.js";
import { endSourceEventsOf } from "./source-events.js";
import { buryWorkflows, forgetEmptyEnvironments } from "./tombstones.js";

/** Adds the repository, or replaces what is known of it. */
export async function saveRepository(connection: Connection, repository: RepositoryRow): Promise<void> {
  await connection.run(
    `INSERT INTO repository (id, name, url, branch, created_at, head_commit, checked_at, problem)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, branch = excluded.branch,
       head_commit = excluded.head_commit, checked_at = excluded.checked_at, problem = excluded.problem`,
    [
      repository.id,
      repository.name,
      repository.url,
      repository.branch,
      repository.createdAt,
      repository.headCommit,
      repository.checkedAt,
      repository.problem,
    ],
  );
}

/** Forgets the repository; its workflows get a tombstone, so that nothing starts them any more, and nothing waits to. */
export async function removeRepository(
  connection: Connection,
  removal: { readonly id: string; readonly at: number },
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
export function listRepositories(connection: Connection): Promise<readonly RepositoryRow[]> {
  return connection.all<RepositoryRow>(
    `SELECT id, name, url, branch, created_at AS createdAt, head_commit AS headCommit, checked_at AS checkedAt, problem
     FROM repository ORDER BY name`,
  );
}

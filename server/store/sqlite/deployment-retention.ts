import type { DeploymentRetention } from "../deployment-retention.js";
import type { PrunedPage } from "../retention.js";
import type { Connection } from "./connection.js";

/** See `DeploymentRetention`. */
export async function pruneDeployments(
  connection: Connection,
  { endedBefore, after = 0, limit }: Parameters<DeploymentRetention["pruneDeployments"]>[0],
): Promise<PrunedPage> {
  const looked = await connection.all<{ readonly key: number }>(
    "SELECT key FROM deployment WHERE key > ? AND ended_at < ? ORDER BY key LIMIT ?",
    [after, endedBefore, limit],
  );
  const last = looked.at(-1)?.key ?? null;
  if (last === null) return { pruned: 0, next: null };
  const pruned = await connection.run(
    `DELETE FROM deployment WHERE key IN (SELECT value FROM json_each(?))
       AND EXISTS (SELECT 1 FROM deployment AS later
         WHERE later.repository_id = deployment.repository_id AND later.key > deployment.key)
       AND (status <> 'active' OR (
         EXISTS (SELECT 1 FROM deployment AS later
           WHERE later.repository_id = deployment.repository_id AND later.status = 'active' AND later.key > deployment.key)
         AND EXISTS (SELECT 1 FROM deployment AS later
           WHERE later.project = deployment.project AND later.environment = deployment.environment
             AND later.status = 'active' AND later.key > deployment.key)))
       AND NOT EXISTS (SELECT 1 FROM run WHERE run.commit_sha = deployment.commit_sha)
       AND deployment.commit_sha NOT IN (SELECT commit_sha FROM past_schedule)
       AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.deployment_id = deployment.id AND pin.ended_at IS NULL)`,
    [JSON.stringify(looked.map(({ key }) => key))],
  );
  return { pruned, next: looked.length < limit ? null : last };
}

/** See `DeploymentRetention`. */
export async function filterNeededCommits(
  connection: Connection,
  repositoryId: string,
  commits: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly commit: string }>(
    `SELECT value AS "commit" FROM json_each(?2) WHERE
       EXISTS (SELECT 1 FROM run WHERE run.commit_sha = value AND ${isOf("run.repository_id")})
       OR EXISTS (SELECT 1 FROM deployment WHERE deployment.commit_sha = value AND ${isOf("deployment.repository_id")})
       OR EXISTS (SELECT 1 FROM project WHERE project.commit_sha = value AND ${isOf("project.repository_id")})
       OR EXISTS (SELECT 1 FROM pin WHERE pin.commit_sha = value AND ${isOf("pin.repository_id")} AND pin.ended_at IS NULL)
       OR EXISTS (SELECT 1 FROM backfill WHERE backfill.binding->>'commit' = value AND ${isOf("(backfill.binding->>'repositoryId')")}
         AND backfill.status NOT IN ('finished', 'canceled'))
       OR EXISTS (SELECT 1 FROM repository WHERE repository.head_commit = value AND ${isOf("repository.id")})`,
    [repositoryId, JSON.stringify(commits)],
  );
  return rows.map(({ commit }) => commit);
}

/** Whether that is the id of the repository, or of a branch that it declares, which has one mirror with it: see `registeredId`. */
function isOf(column: string): string {
  return `${column} || '.' GLOB ?1 || '.*'`;
}

import type { VersionRow, WorkflowKey } from "../store.js";
import { insertVersions } from "./activations.js";
import type { Connection } from "./connection.js";

/** A commit that runs in an environment where it was never deployed. */
export type UndeployedPlace = Pick<WorkflowKey, "project" | "environment"> & { readonly commit: string };

/** From now on these are what the workflows are at that commit, in that environment. They replace nothing. */
export async function saveUndeployedVersions(
  connection: Connection,
  { project, environment, commit }: UndeployedPlace,
  versions: readonly VersionRow[],
): Promise<void> {
  await insertVersions(connection, versions);
  await connection.run(
    `INSERT OR REPLACE INTO undeployed_version (project, environment, commit_sha, workflow, version_id)
     SELECT ?, ?, ?, value->>'workflow', value->>'id' FROM json_each(?)`,
    [project, environment, commit, JSON.stringify(versions.map(({ id, workflow }) => ({ id, workflow })))],
  );
}

/** The version that a workflow has at a commit which was never deployed there; null when it has none. */
export async function findUndeployedVersion(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  commit: string,
): Promise<string | null> {
  const [row] = await connection.all<{ readonly versionId: string }>(
    `SELECT version_id AS versionId FROM undeployed_version
     WHERE project = ? AND environment = ? AND commit_sha = ? AND workflow = ?`,
    [project, environment, commit, workflow],
  );
  return row?.versionId ?? null;
}

/** Those of backfills that have ended, whose runs are no longer kept. Those of a preview go with it. */
export async function forgetUndeployedVersions(connection: Connection): Promise<void> {
  await connection.run(
    `DELETE FROM undeployed_version AS made WHERE
       NOT EXISTS (SELECT 1 FROM preview WHERE preview.project = made.project AND preview.environment = made.environment)
       AND NOT EXISTS (SELECT 1 FROM run WHERE run.commit_sha = made.commit_sha)
       AND NOT EXISTS (SELECT 1 FROM backfill WHERE backfill.binding->>'commit' = made.commit_sha
         AND backfill.status NOT IN ('finished', 'canceled'))`,
    [],
  );
}

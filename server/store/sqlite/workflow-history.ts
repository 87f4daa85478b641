import type { Activation, WorkflowKey } from "../store.js";
import type { Connection } from "./connection.js";

/** Notes which workflows have another version since this deployment, or none: in the transaction that makes it. */
export async function recordHistory(
  connection: Connection,
  { deployment, workflows, removed, buried }: Activation,
): Promise<void> {
  const { project, environment } = deployment;
  const now = workflows.map(({ workflow, version }) => [project, environment, workflow, version.id]);
  const gone = removed.map((workflow) => [project, environment, workflow, null]);
  const elsewhere = buried.map((key) => [key.project, key.environment, key.workflow, null]);
  await connection.run(
    `INSERT INTO workflow_history (project, environment, workflow, deployment_key, version_id)
     SELECT value->>0, value->>1, value->>2, (SELECT key FROM deployment WHERE id = ?), value->>3
     FROM json_each(?)
     WHERE value->>3 IS NOT (
       SELECT version_id FROM workflow_history
       WHERE project = value->>0 AND environment = value->>1 AND workflow = value->>2
       ORDER BY deployment_key DESC LIMIT 1)`,
    [deployment.id, JSON.stringify([...now, ...gone, ...elsewhere])],
  );
}

/** The id of the version that the workflow had when that commit was deployed; null when it had none. */
export async function findVersionAt(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  commit: string,
): Promise<string | null> {
  const [row] = await connection.all<{ readonly versionId: string | null }>(
    `SELECT version_id AS versionId FROM workflow_history
     WHERE project = ?1 AND environment = ?2 AND workflow = ?3 AND deployment_key <= (
       SELECT max(key) FROM deployment
       WHERE commit_sha = ?4 AND project = ?1 AND environment = ?2 AND status = 'active')
     ORDER BY deployment_key DESC LIMIT 1`,
    [project, environment, workflow, commit],
  );
  return row?.versionId ?? null;
}

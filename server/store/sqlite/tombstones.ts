import type { WorkflowKey } from "../store.js";
import type { Connection } from "./connection.js";

const ARE_THESE = `(project, environment, workflow) IN
  (SELECT value->>'project', value->>'environment', value->>'workflow' FROM json_each(?))`;

const ARE_THEIRS = `(project, environment) IN (SELECT value->>'project', value->>'environment' FROM json_each(?))`;

/** Gives workflows that live a tombstone, with the last commit that they were deployed at. Nothing of them stays that could start a run. */
export async function buryWorkflows(
  connection: Connection,
  keys: readonly WorkflowKey[],
  at: number,
): Promise<void> {
  if (keys.length === 0) return;
  const list = JSON.stringify(keys);
  for (const table of ["signal_listener", "schedule", "past_schedule", "joined_signal"]) {
    await connection.run(`DELETE FROM ${table} WHERE ${ARE_THESE}`, [list]);
  }
  await connection.run(
    `DELETE FROM mention WHERE role <> 'receives' AND (project, environment, name) IN
       (SELECT value->>'project', value->>'environment', value->>'workflow' FROM json_each(?))`,
    [list],
  );
  await connection.run(
    `UPDATE workflow SET removed_at = ?, commit_sha = coalesce((SELECT project.commit_sha FROM project
       WHERE project.project = workflow.project AND project.environment = workflow.environment), commit_sha)
     WHERE removed_at IS NULL AND ${ARE_THESE}`,
    [at, list],
  );
}

/** Of the environments of these workflows those are gone in which nothing lives any more. */
export async function forgetEmptyEnvironments(
  connection: Connection,
  keys: readonly WorkflowKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const list = JSON.stringify(keys);
  await connection.run(
    `DELETE FROM mention WHERE role = 'receives' AND ${ARE_THEIRS} AND NOT EXISTS (
       SELECT 1 FROM workflow WHERE workflow.project = mention.project
         AND workflow.environment = mention.environment AND workflow.removed_at IS NULL)`,
    [list],
  );
  await connection.run(
    `DELETE FROM project WHERE ${ARE_THEIRS} AND NOT EXISTS (
       SELECT 1 FROM workflow WHERE workflow.project = project.project
         AND workflow.environment = project.environment AND workflow.removed_at IS NULL)`,
    [list],
  );
}

import type { RememberedStep } from "../retention.js";
import type { Remembered, RememberedQuery } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** What the latest success with that key has left; null when there is none, or it is too old. */
export async function findRemembered(
  connection: Connection,
  { project, environment, workflow, step, key, since }: RememberedQuery,
): Promise<Remembered | null> {
  const [record] = await connection.all<
    Omit<Remembered, "outputs"> & { readonly outputs: JsonText<Remembered["outputs"]> }
  >(
    `SELECT outputs, run_id AS runId, at,
       coalesce((SELECT number FROM run WHERE run.id = run_id), run_number) AS runNumber
     FROM remembered
     WHERE project = ? AND environment = ? AND workflow = ? AND step = ? AND key = ? AND at >= ?`,
    [project, environment, workflow, step, key, since],
  );
  return record === undefined ? null : { ...record, outputs: parseColumn(record.outputs) };
}

/** By workflow and step. */
export function listRememberedSteps(connection: Connection): Promise<readonly RememberedStep[]> {
  return connection.all<RememberedStep>(
    "SELECT DISTINCT project, environment, workflow, step FROM remembered ORDER BY 1, 2, 3, 4",
  );
}

/** Forgets what the step has left before `before`; says how many. */
export function pruneRemembered(
  connection: Connection,
  { project, environment, workflow, step, before }: RememberedStep & { readonly before: number },
): Promise<number> {
  return connection.run(
    "DELETE FROM remembered WHERE project = ? AND environment = ? AND workflow = ? AND step = ? AND at < ?",
    [project, environment, workflow, step, before],
  );
}

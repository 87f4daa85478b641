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
    `SELECT outputs, run_id AS runId, at, (SELECT number FROM run WHERE run.id = run_id) AS runNumber
     FROM remembered
     WHERE project = ? AND environment = ? AND workflow = ? AND step = ? AND key = ? AND at >= ?`,
    [project, environment, workflow, step, key, since],
  );
  return record === undefined ? null : { ...record, outputs: parseColumn(record.outputs) };
}

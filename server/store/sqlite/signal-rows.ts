import type { NewSignal } from "../store.js";
import type { Connection } from "./connection.js";

/** Records signals; answers the ids of those that are new. One whose key is there already is the same signal and changes nothing. */
export async function insertSignals(
  connection: Connection,
  signals: readonly NewSignal[],
): Promise<readonly number[]> {
  if (signals.length === 0) return [];
  const rows = await connection.all<{ readonly id: number }>(
    `INSERT INTO signal (key, signal, params, run_id, at)
     SELECT value->>'key', value->>'signal', value->>'params', value->>'runId', value->>'at' FROM json_each(?) WHERE true
     ON CONFLICT (key) DO NOTHING RETURNING id`,
    [JSON.stringify(signals)],
  );
  return rows.map(({ id }) => id);
}

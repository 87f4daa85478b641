import type { NewSignal } from "../store.js";
import type { Connection } from "./connection.js";

export interface InsertedSignal {
  readonly id: number;
  readonly key: string;
}

/** Records signals; answers those that are new. One whose key is there already is the same signal and changes nothing. */
export async function insertSignals(
  connection: Connection,
  signals: readonly NewSignal[],
): Promise<readonly InsertedSignal[]> {
  if (signals.length === 0) return [];
  return connection.all<InsertedSignal>(
    `INSERT INTO signal (key, signal, params, run_id, at)
     SELECT value->>'key', value->>'signal', value->>'params', value->>'runId', value->>'at' FROM json_each(?) WHERE true
     ON CONFLICT (key) DO NOTHING RETURNING id, key`,
    [JSON.stringify(signals)],
  );
}

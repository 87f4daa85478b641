import type { NewSignal } from "../store.js";
import type { Connection } from "./connection.js";

/** Records signals; one whose key is there already is the same signal and changes nothing. */
export async function insertSignals(connection: Connection, signals: readonly NewSignal[]): Promise<void> {
  if (signals.length === 0) return;
  await connection.run(
    `INSERT INTO signal (key, signal, params, run_id, at)
     SELECT value->>'key', value->>'signal', value->>'params', value->>'runId', value->>'at' FROM json_each(?) WHERE true
     ON CONFLICT (key) DO NOTHING`,
    [JSON.stringify(signals)],
  );
}

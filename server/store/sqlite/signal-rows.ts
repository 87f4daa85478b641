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
     SELECT value->>0, value->>1, value->>2, value->>3, value->>4 FROM jsonb_each(?) WHERE true
     ON CONFLICT (key) DO NOTHING RETURNING id, key`,
    [JSON.stringify(signals.map(({ key, signal, params, runId, at }) => [key, signal, params, runId, at]))],
  );
}

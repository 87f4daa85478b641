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
    `INSERT INTO signal (key, signal, params, run_id, at, environment)
     SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM jsonb_each(?) WHERE true
     ON CONFLICT (key) DO NOTHING RETURNING id, key`,
    [
      JSON.stringify(
        signals.map(({ key, signal, params, runId, at, environment }) => [
          key,
          signal,
          params,
          runId,
          at,
          environment,
        ]),
      ),
    ],
  );
}

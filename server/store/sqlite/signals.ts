import type { NewRun, NewSignal, RunRow, SignalRow } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { createRuns } from "./runs.js";
import { insertSignals } from "./signal-rows.js";

/** Records one signal; answers its id, or that of the first one with its key. */
export async function recordSignal(connection: Connection, signal: NewSignal): Promise<number> {
  await insertSignals(connection, [signal]);
  const [row] = await connection.all<{ readonly id: number }>("SELECT id FROM signal WHERE key = ?", [
    signal.key,
  ]);
  return row?.id ?? 0;
}

/** Signals beyond the cursor, oldest first. */
export async function listUnmatchedSignals(
  connection: Connection,
  limit: number,
): Promise<readonly SignalRow[]> {
  const records = await connection.all<
    Omit<SignalRow, "params"> & { readonly params: JsonText<SignalRow["params"]> }
  >(
    `SELECT id, key, signal, params, run_id AS runId, at,
       iif(run_id IS NULL, 0, 1 + coalesce((SELECT cause->>'depth' FROM run WHERE run.id = run_id), 0)) AS depth
     FROM signal WHERE id > (SELECT matched_up_to FROM signal_cursor) ORDER BY id LIMIT ?`,
    [limit],
  );
  return records.map((record) => ({ ...record, params: parseColumn(record.params) }));
}

/** Moves the cursor and creates the runs; when the cursor is there already, nothing. */
export async function matchSignals(
  connection: Connection,
  upToSignalId: number,
  runs: readonly NewRun[],
): Promise<readonly RunRow[]> {
  const moved = await connection.run("UPDATE signal_cursor SET matched_up_to = ?1 WHERE matched_up_to < ?1", [
    upToSignalId,
  ]);
  return moved === 0 ? [] : createRuns(connection, runs);
}

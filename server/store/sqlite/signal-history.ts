import type { HistoricSignal, RecordedSignal, SignalHistoryQuery } from "../signal-history.js";
import type { NewSignal } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { insertSignals } from "./signal-rows.js";

/** Records one signal; answers its id, or that of the first one with its key. */
export async function recordSignal(connection: Connection, signal: NewSignal): Promise<RecordedSignal> {
  const [id] = await insertSignals(connection, [signal]);
  if (id !== undefined) return { id, isNew: true };
  const [row] = await connection.all<{ readonly id: number }>("SELECT id FROM signal WHERE key = ?", [
    signal.key,
  ]);
  return { id: row?.id ?? 0, isNew: false };
}

/** Of all names by the partial index `signal_of_people`, of one by `signal_by_name`. */
export async function listSignalHistory(
  connection: Connection,
  { signal, since = 0, until = Number.MAX_SAFE_INTEGER, before, limit }: SignalHistoryQuery,
): Promise<readonly HistoricSignal[]> {
  const of = signal === undefined ? "signal NOT GLOB 'headwater/*'" : "signal = ?6";
  const records = await connection.all<
    Omit<HistoricSignal, "params" | "isMatched"> & {
      readonly params: JsonText<HistoricSignal["params"]>;
      readonly isMatched: number;
    }
  >(
    `SELECT id, key, signal, params, run_id AS runId, at,
       id <= (SELECT matched_up_to FROM signal_cursor) AS isMatched
     FROM signal WHERE ${of} AND at >= ?1 AND at < ?2 AND (at, id) < (?3, ?4) ORDER BY at DESC, id DESC LIMIT ?5`,
    [
      since,
      until,
      before?.at ?? Number.MAX_SAFE_INTEGER,
      before?.id ?? Number.MAX_SAFE_INTEGER,
      limit,
      ...(signal === undefined ? [] : [signal]),
    ],
  );
  return records.map((record) => ({
    ...record,
    params: parseColumn(record.params),
    isMatched: record.isMatched === 1,
  }));
}

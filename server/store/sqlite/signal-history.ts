import type { HistoricSignal, RecordedSignal, SignalHistoryQuery } from "../signal-history.js";
import type { NewSignal } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { insertSignals, type InsertedSignal } from "./signal-rows.js";

/** Records signals; answers the id of each, or that of the first one with its key. */
export async function recordSignals(
  connection: Connection,
  signals: readonly NewSignal[],
): Promise<readonly RecordedSignal[]> {
  const inserted = new Map((await insertSignals(connection, signals)).map(({ id, key }) => [key, id]));
  const known = await idsOf(
    connection,
    signals.flatMap(({ key }) => (inserted.has(key) ? [] : [key])),
  );
  const told = new Set<string>();
  return signals.map(({ key }) => {
    const isNew = inserted.has(key) && !told.has(key);
    told.add(key);
    return { id: inserted.get(key) ?? known.get(key) ?? 0, isNew };
  });
}

async function idsOf(connection: Connection, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (keys.length === 0) return new Map();
  const rows = await connection.all<InsertedSignal>(
    "SELECT id, key FROM signal WHERE key IN (SELECT value FROM json_each(?))",
    [JSON.stringify(keys)],
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}

/** After every signal that there can be. */
const LAST = { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** Of all names by the partial index `signal_of_people`, of one by `signal_by_name`. */
export async function listSignalHistory(
  connection: Connection,
  { signal, environment, since = 0, until = LAST.at, before = LAST, limit }: SignalHistoryQuery,
): Promise<readonly HistoricSignal[]> {
  const of = signal === undefined ? "signal NOT GLOB 'headwater/*'" : "signal = ?6";
  return selectHistoricSignals(
    connection,
    `WHERE ${of} AND at >= ?1 AND at < ?2 AND (at, id) < (?3, ?4) AND coalesce(environment = ?7, ?7 IS NULL) ORDER BY at DESC, id DESC LIMIT ?5`,
    [since, until, before.at, before.id, limit, signal ?? null, environment ?? null],
  );
}

/** Signals as people see them. @param rest of the statement, with its `params` */
export async function selectHistoricSignals(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly HistoricSignal[]> {
  const records = await connection.all<
    Omit<HistoricSignal, "params" | "isMatched"> & {
      readonly params: JsonText<HistoricSignal["params"]>;
      readonly isMatched: number;
    }
  >(
    `SELECT id, key, signal, params, run_id AS runId, at,
       coalesce(environment, (SELECT run.environment FROM run WHERE run.id = run_id)) AS environment,
       id <= (SELECT matched_up_to FROM signal_cursor) AS isMatched
     FROM signal ${rest}`,
    params,
  );
  return records.map((record) => ({
    ...record,
    params: parseColumn(record.params),
    isMatched: record.isMatched === 1,
  }));
}

import type { Json, SignalMatch } from "@headwater/workflow";
import { conditionsByValue } from "../listener-key.js";
import type {
  JoinedSignalRow,
  JoinKey,
  MatchedSignals,
  PastSignal,
  SignalMatches,
  SignalQuery,
  SignalRow,
} from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { saveJoinedSignals } from "./joined-signals.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { findListenerEdition } from "./listener-edition.js";
import { createRuns } from "./runs.js";

/** Signals beyond the cursor and the one that was given, oldest first. */
export async function listUnmatchedSignals(
  connection: Connection,
  limit: number,
  after = 0,
): Promise<readonly SignalRow[]> {
  return selectSignals(
    connection,
    "WHERE s.id > max(?, (SELECT matched_up_to FROM signal_cursor)) ORDER BY s.id LIMIT ?",
    [after, limit],
  );
}

/** Moves the cursor, creates the runs and keeps what waits; when the cursor is there already, or something else is deployed, nothing. */
export async function matchSignals(
  connection: Connection,
  upToSignalId: number,
  { edition, runs, joined }: SignalMatches,
): Promise<MatchedSignals> {
  const isOutdated = edition !== undefined && edition !== (await findListenerEdition(connection));
  if (isOutdated) return { isOutdated, runs: [], forgotten: [] };
  const moved = await connection.run("UPDATE signal_cursor SET matched_up_to = ?1 WHERE matched_up_to < ?1", [
    upToSignalId,
  ]);
  if (moved === 0) return { isOutdated, runs: [], forgotten: [] };
  const forgotten = await saveJoinedSignals(connection, joined);
  return { isOutdated, runs: await createRuns(connection, runs), forgotten };
}

/** The signals that wait for others of these keys. */
export async function listJoinedSignals(
  connection: Connection,
  keys: readonly JoinKey[],
): Promise<readonly JoinedSignalRow[]> {
  if (keys.length === 0) return [];
  const waiting = await connection.all<Omit<JoinedSignalRow, "signal"> & { readonly signalId: number }>(
    `SELECT project, environment, workflow, join_id AS joinId, key, name, signal_id AS signalId FROM joined_signal
     WHERE (project, environment, workflow, join_id, key) IN (
       SELECT value->>'project', value->>'environment', value->>'workflow', value->>'joinId', value->>'key'
       FROM json_each(?))`,
    [JSON.stringify(keys)],
  );
  const signals = await selectSignals(connection, "WHERE s.id IN (SELECT value FROM json_each(?))", [
    JSON.stringify(waiting.map(({ signalId }) => signalId)),
  ]);
  const byId = new Map(signals.map((signal) => [signal.id, signal]));
  return waiting.flatMap(({ signalId, ...row }) => {
    const signal = byId.get(signalId);
    return signal === undefined ? [] : [{ ...row, signal }];
  });
}

async function selectSignals(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly SignalRow[]> {
  const records = await connection.all<
    Omit<SignalRow, "params"> & { readonly params: JsonText<SignalRow["params"]> }
  >(
    `SELECT s.id, s.key, s.signal, s.params, s.run_id AS runId, s.at,
       coalesce(s.environment, emitter.environment) AS environment,
       iif(s.run_id IS NULL, 0, 1 + coalesce(emitter.cause->>'depth', 0)) AS depth,
       coalesce(emitter.cause->>'root', s.run_id) AS root, coalesce(root.started_runs, 0) AS rootRuns
     FROM signal AS s LEFT JOIN run AS emitter ON emitter.id = s.run_id
       LEFT JOIN run AS root ON root.id = coalesce(emitter.cause->>'root', s.run_id) ${rest}`,
    params,
  );
  return records.map((record) => ({ ...record, params: parseColumn(record.params) }));
}

/**
 * What must be equal of one of the matches, each a list of params with the values that they may have. Values that SQLite does not
 * tell apart, as `true` and 1, let a signal pass that its reader refuses.
 */
const MEETS_A_MATCH = `EXISTS (
  SELECT 1 FROM json_each(?7) AS match WHERE NOT EXISTS (
    SELECT 1 FROM json_each(match.value) AS condition WHERE NOT EXISTS (
      SELECT 1 FROM json_each(looked_at.params) AS param, json_each(condition.value, '$[1]') AS wanted
      WHERE param.key = condition.value->>0 AND param.atom IS wanted.atom)))`;

/** A page of the signals of one name, in the order of their times. */
export async function listSignals(
  connection: Connection,
  { signal, environment, since, after, matches, limit }: SignalQuery,
): Promise<readonly PastSignal[]> {
  const records = await connection.all<
    Omit<PastSignal, "params"> & { readonly params: JsonText<PastSignal["params"]> }
  >(
    `SELECT id, params, at FROM (
       SELECT id, params, at, lead(id) OVER (ORDER BY at, id) IS NULL AS is_last FROM (
         SELECT id, params, at FROM signal
         WHERE signal = ?1 AND at >= ?2 AND (at, id) > (?3, ?4) AND coalesce(environment, ?6) = ?6 ORDER BY at, id LIMIT ?5)
     ) AS looked_at WHERE ?7 IS NULL OR is_last OR ${MEETS_A_MATCH} ORDER BY at, id`,
    [
      signal,
      since,
      after?.at ?? -1,
      after?.id ?? -1,
      limit,
      environment,
      matches === undefined ? null : JSON.stringify(matches.map(wantedValues)),
    ],
  );
  return records.map((record) => ({ ...record, params: parseColumn(record.params) }));
}

function wantedValues(match: readonly SignalMatch[]): readonly (readonly [string, readonly Json[]])[] {
  return conditionsByValue(match).map(({ param, values }) => [param, values]);
}

import type { ForgottenSignals, WaitingSignals } from "../store.js";
import type { Connection } from "./connection.js";

/** So many keys of one trigger may wait; the one whose latest signal is the oldest gives way to a new one. */
const KEYS_MAX = 10_000;

const KEY_COLUMNS = "project, environment, workflow, join_id, key";
const KEY_VALUES = `value->>'project', value->>'environment', value->>'workflow', value->>'joinId', value->>'key'`;

/** Makes these the signals that wait for each key, and tells which triggers had to forget the oldest of theirs. */
export async function saveJoinedSignals(
  connection: Connection,
  waiting: readonly WaitingSignals[],
): Promise<readonly ForgottenSignals[]> {
  if (waiting.length === 0) return [];
  await connection.run(
    `DELETE FROM joined_signal WHERE (${KEY_COLUMNS}) IN (SELECT ${KEY_VALUES} FROM json_each(?))`,
    [JSON.stringify(waiting)],
  );
  const rows = waiting.flatMap(({ signals, ...key }) =>
    Object.entries(signals).map(([name, signalId]) => ({ ...key, name, signalId })),
  );
  await connection.run(
    `INSERT INTO joined_signal (${KEY_COLUMNS}, name, signal_id)
     SELECT ${KEY_VALUES}, value->>'name', value->>'signalId' FROM json_each(?)`,
    [JSON.stringify(rows)],
  );
  const triggers = new Map(
    rows.map((row) => [`${row.project}/${row.environment}/${row.workflow}/${row.joinId}`, row]),
  );
  const forgotten: ForgottenSignals[] = [];
  for (const { project, environment, workflow, joinId } of triggers.values()) {
    const keys = await forgetOldest(connection, [project, environment, workflow, joinId]);
    if (keys > 0) forgotten.push({ project, environment, workflow, keys });
  }
  return forgotten;
}

async function forgetOldest(connection: Connection, trigger: readonly string[]): Promise<number> {
  const ofTrigger = "project = ?1 AND environment = ?2 AND workflow = ?3 AND join_id = ?4";
  const [row] = await connection.all<{ readonly keys: number }>(
    `SELECT count(DISTINCT key) AS keys FROM joined_signal WHERE ${ofTrigger}`,
    trigger,
  );
  const surplus = (row?.keys ?? 0) - KEYS_MAX;
  if (surplus <= 0) return 0;
  await connection.run(
    `DELETE FROM joined_signal WHERE ${ofTrigger} AND key IN (
       SELECT key FROM joined_signal WHERE ${ofTrigger} GROUP BY key ORDER BY max(signal_id) LIMIT ?5)`,
    [...trigger, surplus],
  );
  return surplus;
}

import type {
  AlertCursor,
  AlertingWorkflow,
  AlertEnd,
  AlertLane,
  AlertQuery,
  AlertRecord,
  AlertRow,
  AlertSignal,
} from "../alerts.js";
import type { WorkflowKey } from "../workflow-key.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** How far what happens has become alerts. */
export async function readAlertCursor(connection: Connection): Promise<AlertCursor> {
  const [cursor] = await connection.all<AlertCursor>(
    "SELECT signal_id AS signalId, deployment_key AS deploymentKey FROM alert_cursor",
  );
  return cursor ?? { signalId: 0, deploymentKey: 0 };
}

/** Ends of runs and late runs among the next signals. The params of others, which may be large, are not read. */
export async function listAlertSignals(
  connection: Connection,
  after: number,
  limit: number,
): Promise<{ readonly signals: readonly AlertSignal[]; readonly upTo: number }> {
  const page = await connection.all<AlertSignal & { readonly isAlert: number }>(
    `SELECT id, key, signal, run_id AS runId, at, signal GLOB 'headwater/run-*' AS isAlert,
       iif(signal GLOB 'headwater/run-*', params->>'status', NULL) AS status
     FROM signal WHERE id > ? ORDER BY id LIMIT ?`,
    [after, limit],
  );
  return {
    signals: page.filter(({ isAlert }) => isAlert === 1).map(({ isAlert: _isAlert, ...signal }) => signal),
    upTo: page.at(-1)?.id ?? after,
  };
}

/** Those of a place, or all, that live and have alerts. */
export async function listAlertingWorkflows(
  connection: Connection,
  place: Pick<WorkflowKey, "project" | "environment"> | null,
): Promise<readonly AlertingWorkflow[]> {
  const records = await connection.all<
    WorkflowKey & { readonly alerts: JsonText<AlertingWorkflow["alerts"]> }
  >(
    `SELECT project, environment, workflow, properties->'alerts' AS alerts FROM workflow
     WHERE removed_at IS NULL AND properties->>'$.alerts[0]' IS NOT NULL
       AND (?1 IS NULL OR (project = ?1 AND environment = ?2)) ORDER BY project, environment, workflow`,
    [place?.project ?? null, place?.environment ?? null],
  );
  return records.map((record) => ({ ...record, alerts: parseColumn(record.alerts) }));
}

/** Workflows of which the last run that ended has failed. */
export function listFailingWorkflows(connection: Connection): Promise<readonly WorkflowKey[]> {
  return connection.all<WorkflowKey>("SELECT project, environment, workflow FROM failing_workflow");
}

/** Those that wait, or were made since, in order. */
export function listLaneAlerts(
  connection: Connection,
  lanes: readonly AlertLane[],
  since: number,
): Promise<readonly AlertRow[]> {
  return selectAlerts(
    connection,
    `WHERE lane IN (SELECT value FROM json_each(?1)) AND (state = 'waiting' OR created_at >= ?2) ORDER BY key`,
    [JSON.stringify(lanes.map(laneText)), since],
  );
}

/** Moves the cursor and writes what became of it, all or nothing. */
export async function recordAlerts(connection: Connection, record: AlertRecord): Promise<boolean> {
  if (!(await mayRecord(connection, record))) return false;
  const { upTo, failing, recovered, alerts, runs } = record;
  await connection.run("UPDATE alert_cursor SET signal_id = ?, deployment_key = ?", [
    upTo.signalId,
    upTo.deploymentKey,
  ]);
  if (failing.length > 0)
    await connection.run(
      `INSERT OR IGNORE INTO failing_workflow
       SELECT value->>'project', value->>'environment', value->>'workflow' FROM json_each(?)`,
      [JSON.stringify(failing)],
    );
  if (recovered.length > 0)
    await connection.run(
      `DELETE FROM failing_workflow WHERE (project, environment, workflow) IN (
         SELECT value->>'project', value->>'environment', value->>'workflow' FROM json_each(?))`,
      [JSON.stringify(recovered)],
    );
  if (alerts.length === 0) return true;
  await connection.run(
    `INSERT INTO alert (id, lane, project, environment, workflow, channel, receiver, occasion, happened, created_at,
       state, tries, next_at)
     SELECT value->>'id', value->>'lane', value->>'project', value->>'environment', value->>'workflow',
       value->>'channel', value->>'to', value->>'occasion', value->>'happened', value->>'createdAt', 'waiting', 0,
       value->>'nextAt'
     FROM json_each(?) WHERE true
     ON CONFLICT (id) DO UPDATE SET occasion = excluded.occasion, happened = excluded.happened,
       next_at = excluded.next_at`,
    [JSON.stringify(alerts.map((alert) => ({ ...alert, lane: laneText(alert) })))],
  );
  await connection.run(
    "INSERT OR IGNORE INTO alert_run (run_id, alert_id) SELECT value->>'runId', value->>'alertId' FROM json_each(?)",
    [JSON.stringify(runs)],
  );
  return true;
}

async function mayRecord(connection: Connection, { from, alerts }: AlertRecord): Promise<boolean> {
  const cursor = await readAlertCursor(connection);
  if (cursor.signalId !== from.signalId || cursor.deploymentKey !== from.deploymentKey) return false;
  const [told] = await connection.all<{ readonly count: number }>(
    `SELECT count(*) AS count FROM alert
     WHERE id IN (SELECT value FROM json_each(?)) AND (state <> 'waiting' OR tries > 0)`,
    [JSON.stringify(alerts.map(({ id }) => id))],
  );
  return told?.count === 0;
}

const FIRST_OF_LANE = `state = 'waiting' AND NOT EXISTS (
  SELECT 1 FROM alert AS earlier WHERE earlier.lane = alert.lane AND earlier.state = 'waiting' AND earlier.key < alert.key)`;

/** The first that waits of each lane, when its time has come. */
export function listDueAlerts(
  connection: Connection,
  now: number,
  limit: number,
): Promise<readonly AlertRow[]> {
  return selectAlerts(connection, `WHERE next_at <= ? AND ${FIRST_OF_LANE} ORDER BY next_at, key LIMIT ?`, [
    now,
    limit,
  ]);
}

/** When the next one is due; null when none waits. */
export async function nextAlertAt(connection: Connection): Promise<number | null> {
  const [next] = await connection.all<{ readonly at: number | null }>(
    `SELECT next_at AS at FROM alert WHERE next_at IS NOT NULL AND ${FIRST_OF_LANE} ORDER BY next_at LIMIT 1`,
  );
  return next?.at ?? null;
}

/** A try begins. */
export async function beginAlert(connection: Connection, id: string): Promise<boolean> {
  const begun = await connection.run(
    "UPDATE alert SET tries = tries + 1, next_at = NULL WHERE id = ? AND state = 'waiting'",
    [id],
  );
  return begun === 1;
}

/** Tries that a service has left are due. */
export async function resumeAlerts(connection: Connection, now: number): Promise<void> {
  await connection.run("UPDATE alert SET next_at = ? WHERE state = 'waiting' AND next_at IS NULL", [now]);
}

/** A try has ended. */
export async function endAlert(connection: Connection, id: string, end: AlertEnd): Promise<void> {
  const error = end.state === "told" ? null : end.error;
  await connection.run(
    `UPDATE alert SET state = ?2, error = ?3, next_at = ?4, told_at = ?5 WHERE id = ?1 AND state = 'waiting'`,
    [id, end.state, error, end.state === "waiting" ? end.nextAt : null, end.state === "told" ? end.at : null],
  );
}

/** Newest first, by keyset. */
export function listAlerts(connection: Connection, query: AlertQuery): Promise<readonly AlertRow[]> {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  for (const column of ["project", "environment", "workflow", "state"] as const) {
    const wanted = query[column];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(wanted);
  }
  if (query.before !== undefined) {
    conditions.push("key < (SELECT key FROM alert WHERE id = ?)");
    params.push(query.before);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return selectAlerts(connection, `${where} ORDER BY key DESC LIMIT ?`, [...params, query.limit]);
}

/** Those that a run is told of or counted in, in order. */
export function listAlertsOfRun(connection: Connection, runId: string): Promise<readonly AlertRow[]> {
  return selectAlerts(
    connection,
    "WHERE id IN (SELECT alert_id FROM alert_run WHERE run_id = ?) ORDER BY key",
    [runId],
  );
}

/** Deletes old ones that wait no longer. */
export async function pruneAlerts(connection: Connection, before: number, limit: number): Promise<number> {
  const old = await connection.all<{ readonly id: string }>(
    "SELECT id FROM alert WHERE created_at < ? AND state <> 'waiting' ORDER BY key LIMIT ?",
    [before, limit],
  );
  const ids = JSON.stringify(old.map(({ id }) => id));
  await connection.run("DELETE FROM alert_run WHERE alert_id IN (SELECT value FROM json_each(?))", [ids]);
  return connection.run("DELETE FROM alert WHERE id IN (SELECT value FROM json_each(?))", [ids]);
}

async function selectAlerts(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly AlertRow[]> {
  const records = await connection.all<
    Omit<AlertRow, "happened"> & { readonly happened: JsonText<AlertRow["happened"]> }
  >(
    `SELECT id, project, environment, workflow, channel, receiver AS "to", occasion, happened, created_at AS createdAt,
       state, tries, next_at AS nextAt, error, told_at AS toldAt FROM alert ${rest}`,
    params,
  );
  return records.map((record) => ({ ...record, happened: parseColumn(record.happened) }));
}

function laneText({ project, environment, workflow, channel, to }: AlertLane): string {
  return JSON.stringify([project, environment, workflow, channel, to]);
}

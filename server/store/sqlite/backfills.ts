import { RUN_STATUSES, type Actor, type RunStatus } from "@headwater/engine";
import type {
  BackfillAdvance,
  BackfillChange,
  BackfillCounts,
  BackfillQuery,
  BackfillRow,
  BoundVersion,
  SlotRun,
  VersionChange,
} from "../backfills.js";
import type { RunRow, VersionRow, WorkflowKey } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { createRuns } from "./runs.js";
import { saveUndeployedVersions } from "./undeployed-versions.js";

type BackfillRecord = Omit<
  BackfillRow,
  "selection" | "binding" | "cursor" | "changed" | "overlap" | "redo"
> & {
  readonly selection: JsonText<BackfillRow["selection"]>;
  readonly binding: JsonText<BackfillRow["binding"]>;
  readonly cursor: JsonText<NonNullable<BackfillRow["cursor"]>> | null;
  readonly changed: JsonText<NonNullable<BackfillRow["changed"]>> | null;
  readonly overlap: number;
  readonly redo: number;
};

const SELECT_BACKFILL = `SELECT id, request_id AS requestId, project, environment, workflow, selection, run_order AS "order", max_parallel AS maxParallel,
  overlap, redo, binding, total, status, cursor, skipped, created_by AS "by", reason, created_at AS createdAt, changed,
  ended_at AS endedAt FROM backfill`;

/** Adds the backfill; one whose id is there already, or that is of the same request, is left as it is, and answered. */
export async function createBackfill(
  connection: Connection,
  row: BackfillRow,
  versions: readonly VersionRow[],
): Promise<BackfillRow> {
  const { binding } = row;
  if (binding.kind === "branch")
    await saveUndeployedVersions(connection, { ...row, commit: binding.commit }, versions);
  await connection.run(
    `INSERT OR IGNORE INTO backfill (id, request_id, project, environment, workflow, selection, run_order, max_parallel, overlap, redo,
       binding, total, status, position, cursor, skipped, created_by, reason, created_at, changed, ended_at)
     SELECT value->>'id', value->>'requestId', value->>'project', value->>'environment', value->>'workflow', value->>'selection', value->>'order',
       value->>'maxParallel', value->>'overlap', value->>'redo', value->>'binding', value->>'total', value->>'status',
       value->>'$.cursor.position', value->>'cursor', value->>'skipped', value->>'by', value->>'reason',
       value->>'createdAt', value->>'changed', value->>'endedAt'
     FROM json_each(?)`,
    [JSON.stringify([row])],
  );
  const [kept] = await selectBackfills(
    connection,
    "WHERE id = ? OR (project = ? AND environment = ? AND workflow = ? AND request_id = ?)",
    [row.id, row.project, row.environment, row.workflow, row.requestId],
  );
  return kept ?? row;
}

/** The backfill of this id; null when there is none. */
export async function findBackfill(connection: Connection, id: string): Promise<BackfillRow | null> {
  const [row] = await selectBackfills(connection, "WHERE id = ?", [id]);
  return row ?? null;
}

/** A page, newest first. */
export function listBackfills(connection: Connection, query: BackfillQuery): Promise<readonly BackfillRow[]> {
  const conditions = ["true"];
  const params: SqlValue[] = [];
  for (const column of ["project", "environment", "workflow"] as const) {
    const wanted = query[column];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(wanted);
  }
  if (query.before !== undefined) {
    conditions.push("key < (SELECT key FROM backfill WHERE id = ?)");
    params.push(query.before);
  }
  return selectBackfills(connection, `WHERE ${conditions.join(" AND ")} ORDER BY key DESC LIMIT ?`, [
    ...params,
    query.limit,
  ]);
}

/** Running or canceling, oldest first. */
export function listActiveBackfills(connection: Connection): Promise<readonly BackfillRow[]> {
  return selectBackfills(connection, "WHERE status IN ('running', 'canceling') ORDER BY key", []);
}

/** Moves it on where it is still where it was seen, and running, and creates the runs of those that are behind it now. */
export async function advanceBackfill(
  connection: Connection,
  { id, position, cursor, skipped, runs }: BackfillAdvance,
): Promise<readonly RunRow[] | null> {
  const moved = await connection.run(
    `UPDATE backfill SET position = ?, cursor = ?, skipped = skipped + ?
     WHERE id = ? AND position = ? AND status = 'running'`,
    [cursor?.position ?? null, cursor === null ? null : JSON.stringify(cursor), skipped, id, position],
  );
  return moved === 1 ? createRuns(connection, runs) : null;
}

/** False when it is in none of the statuses that the change is from. */
export async function changeBackfill(
  connection: Connection,
  id: string,
  { from, to, actor, at }: BackfillChange,
): Promise<boolean> {
  const isEnd = to === "finished" || to === "canceled";
  const changed = await connection.run(
    `UPDATE backfill SET status = ?, changed = coalesce(?, changed), ended_at = ?
     WHERE id = ? AND status IN (SELECT value FROM json_each(?))`,
    [to, actor === null ? null : changedText(actor, at), isEnd ? at : null, id, JSON.stringify(from)],
  );
  return changed === 1;
}

const ENDED_BADLY = "status IN ('failed', 'timed_out', 'canceled')";

/** Marks what has ended without success. Those that were marked before and are not restarted yet stay marked once. */
export async function retryBackfill(
  connection: Connection,
  id: string,
  { by, reason, at }: Actor & { readonly at: number },
): Promise<number | null> {
  const from = ["running", "paused", "finished"] as const;
  const isRunning = await changeBackfill(connection, id, { from, to: "running", actor: { by, reason }, at });
  if (!isRunning) return null;
  return connection.run(
    `INSERT INTO backfill_retry (run_key, backfill_id, attempt)
     SELECT key, ?1, attempt + 1 FROM run INDEXED BY run_by_backfill_status
     WHERE cause->>'kind' = 'backfill' AND cause->>'backfillId' = ?1 AND ${ENDED_BADLY}
     ON CONFLICT (run_key) DO UPDATE SET attempt = excluded.attempt`,
    [id],
  );
}

/** Oldest first. One that has been restarted since is done with, however it ended. */
export async function listBackfillRetries(
  connection: Connection,
  id: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly id: string }>(
    `SELECT run.id FROM backfill_retry AS retry JOIN run ON run.key = retry.run_key
     WHERE retry.backfill_id = ? AND run.attempt < retry.attempt AND run.${ENDED_BADLY} ORDER BY run.key LIMIT ?`,
    [id, limit],
  );
  return rows.map((row) => row.id);
}

/** A run is not restarted after all. */
export async function dropBackfillRetry(connection: Connection, runId: string): Promise<void> {
  await connection.run("DELETE FROM backfill_retry WHERE run_key = (SELECT key FROM run WHERE id = ?)", [
    runId,
  ]);
}

/** How many runs of a backfill are in which status. */
export async function countBackfillRuns(
  connection: Connection,
  id: string,
  statuses: readonly RunStatus[] = RUN_STATUSES,
): Promise<BackfillCounts> {
  const rows = await connection.all<{ readonly status: RunStatus; readonly runs: number }>(
    `SELECT status, count(*) AS runs FROM run INDEXED BY run_by_backfill_status
     WHERE cause->>'kind' = 'backfill' AND cause->>'backfillId' = ?
       AND status IN (SELECT value FROM json_each(?)) GROUP BY status`,
    [id, JSON.stringify(statuses)],
  );
  return Object.fromEntries(rows.map(({ status, runs }) => [status, runs]));
}

/** Newest first. */
export function listSlotRuns(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  slots: readonly number[],
): Promise<readonly SlotRun[]> {
  return connection.all<SlotRun>(
    `SELECT run.cause->>'slotAt' AS slotAt, run.cause->>'schedule' AS schedule, run.cause->>'backfillId' AS backfillId, run.id, run.number, run.status FROM json_each(?4) AS slot
     CROSS JOIN run INDEXED BY run_by_slot ON run.project = ?1 AND run.environment = ?2 AND run.workflow = ?3
       AND run.cause->>'slotAt' = slot.value
     ORDER BY run.key DESC`,
    [project, environment, workflow, JSON.stringify(slots)],
  );
}

/** What was deployed at each instant, in their order. */
export async function listDeployedAt(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  instants: readonly number[],
): Promise<readonly (BoundVersion | null)[]> {
  const rows = await connection.all<Partial<{ readonly [Name in keyof BoundVersion]: string | null }>>(
    `SELECT history.version_id AS versionId, deployment.commit_sha AS "commit", deployment.repository_id AS repositoryId
     FROM json_each(?4) AS instant
     LEFT JOIN deployment ON deployment.key = (
       SELECT key FROM deployment AS one WHERE one.project = ?1 AND one.environment = ?2 AND one.status = 'active'
         AND one.ended_at <= instant.value ORDER BY key DESC LIMIT 1)
     LEFT JOIN workflow_history AS history ON history.project = ?1 AND history.environment = ?2
       AND history.workflow = ?3 AND history.deployment_key = (
         SELECT max(deployment_key) FROM workflow_history AS one WHERE one.project = ?1 AND one.environment = ?2
           AND one.workflow = ?3 AND one.deployment_key <= deployment.key)
     ORDER BY instant.key`,
    [project, environment, workflow, JSON.stringify(instants)],
  );
  return rows.map(({ versionId, commit, repositoryId }) => {
    const isDeployed = typeof versionId === "string" && typeof commit === "string";
    return isDeployed && typeof repositoryId === "string" ? { versionId, commit, repositoryId } : null;
  });
}

/** In order of time. */
export function listVersionChanges(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  { from, before, limit }: { readonly from: number; readonly before: number; readonly limit: number },
): Promise<readonly VersionChange[]> {
  return connection.all<VersionChange>(
    `SELECT deployment.ended_at AS since, history.version_id AS versionId FROM workflow_history AS history
     JOIN deployment ON deployment.key = history.deployment_key
     WHERE history.project = ?1 AND history.environment = ?2 AND history.workflow = ?3
       AND deployment.ended_at < ?5 AND history.deployment_key >= coalesce((
         SELECT max(one.deployment_key) FROM workflow_history AS one JOIN deployment AS of ON of.key = one.deployment_key
         WHERE one.project = ?1 AND one.environment = ?2 AND one.workflow = ?3 AND of.ended_at <= ?4), 0)
     ORDER BY history.deployment_key LIMIT ?6`,
    [project, environment, workflow, from, before, limit],
  );
}

function changedText({ by, reason }: Actor, at: number): string {
  return JSON.stringify({ by, reason, at });
}

async function selectBackfills(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly BackfillRow[]> {
  const records = await connection.all<BackfillRecord>(`${SELECT_BACKFILL} ${rest}`, params);
  return records.map((record) => ({
    ...record,
    selection: parseColumn(record.selection),
    binding: parseColumn(record.binding),
    cursor: record.cursor === null ? null : parseColumn(record.cursor),
    changed: record.changed === null ? null : parseColumn(record.changed),
    overlap: record.overlap === 1,
    redo: record.redo === 1,
  }));
}

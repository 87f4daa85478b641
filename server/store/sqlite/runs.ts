import { actorText } from "@headwater/engine";
import type { Actor } from "@headwater/engine";
import { runEnded } from "../run-ended-signal.js";
import type { NewRun, NewSignal, RunQuery, RunRow, WorkflowKey } from "../store.js";
import type { UnblockRow } from "../workflow-holds.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { insertProgress } from "./run-progress.js";
import { insertSignals } from "./signal-rows.js";

type RunRecord = Omit<RunRow, "trigger" | "params" | "outputs" | "jobs"> & {
  readonly jobs: JsonText<RunRow["jobs"]>;
  readonly outputs: JsonText<NonNullable<RunRow["outputs"]>> | null;
  readonly trigger: JsonText<RunRow["trigger"]>;
  readonly params: JsonText<RunRow["params"]>;
};

const SELECT_RUN = `SELECT id, project, environment, workflow, number, version_id AS versionId, commit_sha AS "commit",
  repository_id AS repositoryId, cause AS trigger, trigger_key AS triggerKey, params, scheduled_at AS scheduledAt,
  created_at AS createdAt, attempt, status, reason, started_at AS startedAt, ended_at AS endedAt, outputs,
  due_at AS dueAt, late_at AS lateAt,
  coalesce((SELECT total FROM run_progress WHERE run_key = run.key), '{}') AS jobs FROM run`;

/** What of a new run goes to which column. */
const NEW_COLUMNS = {
  id: "id",
  project: "project",
  environment: "environment",
  workflow: "workflow",
  number: "number",
  version_id: "versionId",
  commit_sha: "commit",
  repository_id: "repositoryId",
  cause: "trigger",
  trigger_key: "triggerKey",
  params: "params",
  scheduled_at: "scheduledAt",
  created_at: "createdAt",
  status: "status",
  reason: "reason",
  ended_at: "endedAt",
  due_at: "dueAt",
} as const satisfies Readonly<Record<string, keyof RunRow>>;
const NEW_FIELDS = Object.values(NEW_COLUMNS);

/** Of arrays: `json_each` would write each row as text for every field that is read of it, and to look for a name takes time. */
const INSERT_RUNS = `INSERT INTO run (${Object.keys(NEW_COLUMNS).join(", ")})
  SELECT ${NEW_FIELDS.map((_, place) => `value->>${place}`).join(", ")} FROM jsonb_each(?)`;

/** Writes the runs whose id and trigger key are new, numbers them, and answers them in order. One that failed has ended. */
export async function createRuns(
  connection: Connection,
  runs: readonly NewRun[],
): Promise<readonly RunRow[]> {
  if (runs.length === 0) return [];
  const fresh = await dropKnown(connection, runs);
  const rows = await numberRuns(connection, fresh);
  await connection.run(INSERT_RUNS, [
    JSON.stringify(rows.map((row) => NEW_FIELDS.map((field) => row[field]))),
  ]);
  await insertProgress(connection, rows);
  await insertSignals(connection, rows.flatMap(endOf));
  await countStarted(connection, rows);
  return rows;
}

/** Queued or running, oldest first. */
export async function listUnfinishedRuns(connection: Connection): Promise<readonly RunRow[]> {
  return selectRuns(connection, "WHERE status IN ('queued', 'running') ORDER BY key");
}

/** The run of this id; null when there is none. */
export async function findRun(connection: Connection, id: string): Promise<RunRow | null> {
  const [run] = await selectRuns(connection, "WHERE id = ?", [id]);
  return run ?? null;
}

/** The run of this number within its workflow; null when there is none. */
export async function findRunByNumber(
  connection: Connection,
  key: WorkflowKey,
  number: number,
): Promise<RunRow | null> {
  const [run] = await selectRuns(
    connection,
    "WHERE project = ? AND environment = ? AND workflow = ? AND number = ?",
    [key.project, key.environment, key.workflow, number],
  );
  return run ?? null;
}

/** The run that this key has started; null when there is none yet. */
export async function findRunByTriggerKey(
  connection: Connection,
  triggerKey: string,
): Promise<RunRow | null> {
  const [run] = await selectRuns(connection, "WHERE trigger_key = ?", [triggerKey]);
  return run ?? null;
}

/** A run that was canceled before it began says nothing about the one before it, and one of a backfill nothing about the others. */
const IS_LATEST_FAILED = `project = ?1 AND environment = ?2 AND workflow = ?3 AND status = 'failed'
       AND number = (SELECT number FROM run
                     WHERE project = ?1 AND environment = ?2 AND workflow = ?3 AND ended_at IS NOT NULL
                       AND (started_at IS NOT NULL OR status = 'failed') AND cause->>'backfillId' IS NULL
                     ORDER BY number DESC LIMIT 1)`;

/** The run that holds up its workflow. */
export async function findBlockingRun(connection: Connection, key: WorkflowKey): Promise<RunRow | null> {
  const [run] = await selectRuns(connection, `WHERE ${IS_LATEST_FAILED} AND unblocked_at IS NULL`, [
    key.project,
    key.environment,
    key.workflow,
  ]);
  return run ?? null;
}

/** Those of before reasons were kept have none here. */
const UNBLOCK_COLUMNS = `number, unblocked_by AS "by", unblocked_at AS at, coalesce(unblocked_reason, '') AS reason`;

/** Its reason tells it as well, wherever the run is shown. */
export async function unblockRun(
  connection: Connection,
  runId: string,
  { by, reason, at }: Actor & { readonly at: number },
): Promise<boolean> {
  const changed = await connection.run(
    `UPDATE run SET unblocked_by = ?2, unblocked_at = ?3, unblocked_reason = ?5, reason = coalesce(reason || '; ', '') || ?4
     WHERE id = ?1 AND unblocked_at IS NULL`,
    [runId, by, at, `unblocked ${actorText({ by, reason })}`, reason],
  );
  return changed > 0;
}

/** Who has let the run pass that would hold up the workflow. */
export async function findUnblock(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
): Promise<UnblockRow | null> {
  const [unblock] = await connection.all<UnblockRow>(
    `SELECT ${UNBLOCK_COLUMNS} FROM run WHERE ${IS_LATEST_FAILED} AND unblocked_at IS NOT NULL`,
    [project, environment, workflow],
  );
  return unblock ?? null;
}

/** Within a time, oldest first. */
export function listUnblocks(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly UnblockRow[]> {
  return connection.all<UnblockRow>(
    `SELECT ${UNBLOCK_COLUMNS} FROM run
     WHERE project = ? AND environment = ? AND workflow = ? AND unblocked_at BETWEEN ? AND ? ORDER BY unblocked_at`,
    [project, environment, workflow, from, to],
  );
}

/** A page of runs, newest first, read in the order of an index: the same cost at ten runs and at ten million. */
export function listRuns(connection: Connection, query: RunQuery): Promise<readonly RunRow[]> {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  if (query.backfill !== undefined) {
    conditions.push("cause->>'kind' = 'backfill' AND cause->>'backfillId' = ? AND status <> 'pruned'");
    params.push(query.backfill);
  }
  for (const column of ["project", "environment", "workflow", "status"] as const) {
    const wanted = query[column];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(wanted);
  }
  if (query.before !== undefined) {
    conditions.push("key < (SELECT key FROM run WHERE id = ?)");
    params.push(query.before);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return selectRuns(connection, `${indexFor(query)} ${where} ORDER BY key DESC LIMIT ?`, [
    ...params,
    query.limit,
  ]);
}

/** Said outright, since the planner would rather sort all runs of a workflow than pass over those of another environment. */
function indexFor({ project, workflow, status, backfill }: RunQuery): string {
  if (backfill !== undefined) {
    return status === undefined ? "INDEXED BY run_by_backfill" : "INDEXED BY run_by_backfill_status";
  }
  if (project !== undefined && workflow !== undefined) {
    return status === undefined ? "INDEXED BY run_by_workflow" : "INDEXED BY run_by_workflow_status";
  }
  if (status !== undefined) return "INDEXED BY run_by_status";
  return project === undefined ? "" : "INDEXED BY run_by_project";
}

async function dropKnown(connection: Connection, runs: readonly NewRun[]): Promise<readonly NewRun[]> {
  const known = await connection.all<{ readonly id: string; readonly triggerKey: string | null }>(
    `SELECT id, trigger_key AS triggerKey FROM run WHERE id IN (SELECT value FROM json_each(?1))
     UNION ALL
     SELECT id, trigger_key FROM run WHERE trigger_key IN (SELECT value FROM json_each(?2))
     UNION ALL
     SELECT '', key FROM spent_trigger_key WHERE key IN (SELECT value FROM json_each(?2))`,
    [JSON.stringify(runs.map((run) => run.id)), JSON.stringify(runs.flatMap((run) => run.triggerKey ?? []))],
  );
  const ids = new Set(known.map((run) => run.id));
  const triggerKeys = new Set(known.flatMap((run) => run.triggerKey ?? []));
  return runs.filter((run) => {
    if (ids.has(run.id) || (run.triggerKey !== null && triggerKeys.has(run.triggerKey))) return false;
    ids.add(run.id);
    if (run.triggerKey !== null) triggerKeys.add(run.triggerKey);
    return true;
  });
}

/** Numbers go on after the highest of each workflow. One writer, inside its transaction: no two runs get the same. */
async function numberRuns(connection: Connection, runs: readonly NewRun[]): Promise<readonly RunRow[]> {
  const workflows = [...new Map(runs.map((run) => [workflowText(run), run])).values()];
  const highest = await connection.all<WorkflowKey & { readonly number: number }>(
    `SELECT value->>0 AS project, value->>1 AS environment, value->>2 AS workflow,
       (SELECT coalesce(max(number), 0) FROM run
        WHERE project = value->>0 AND environment = value->>1 AND workflow = value->>2) AS number
     FROM jsonb_each(?)`,
    [JSON.stringify(workflows.map((run) => [run.project, run.environment, run.workflow]))],
  );
  const numbers = new Map(highest.map((row) => [workflowText(row), row.number]));
  return runs.map((run) => {
    const number = (numbers.get(workflowText(run)) ?? 0) + 1;
    numbers.set(workflowText(run), number);
    return toNewRow(run, number);
  });
}

function toNewRow({ failedReason, dueAt = null, ...run }: NewRun, number: number): RunRow {
  const begun =
    failedReason === undefined
      ? ({ status: "queued", reason: null, endedAt: null } as const)
      : ({ status: "failed", reason: failedReason, endedAt: run.createdAt } as const);
  return {
    number,
    attempt: 1,
    status: begun.status,
    reason: begun.reason,
    endedAt: begun.endedAt,
    startedAt: null,
    outputs: null,
    dueAt,
    lateAt: null,
    jobs: {},
    ...run,
  };
}

/** Every run counts for the one that set all of it going. */
async function countStarted(connection: Connection, runs: readonly NewRun[]): Promise<void> {
  const roots = new Map<string, number>();
  for (const { trigger } of runs) {
    const root = "root" in trigger ? trigger.root : null;
    if (root !== null) roots.set(root, (roots.get(root) ?? 0) + 1);
  }
  if (roots.size === 0) return;
  await connection.run(
    `UPDATE run SET started_runs = started_runs + counted.value->>1
     FROM json_each(?) AS counted WHERE run.id = counted.value->>0`,
    [JSON.stringify([...roots])],
  );
}

/** What the engine records at the end of a run, for one that it never sees. */
function endOf(row: RunRow): readonly NewSignal[] {
  if (row.endedAt === null) return [];
  return [runEnded(row, { status: row.status, at: row.endedAt })];
}

function workflowText(key: WorkflowKey): string {
  return JSON.stringify([key.project, key.environment, key.workflow]);
}

/** Runs with all that a row shows. @param rest of the statement, with its `params` */
export async function selectRuns(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[] = [],
): Promise<readonly RunRow[]> {
  const records = await connection.all<RunRecord>(`${SELECT_RUN} ${rest}`, params);
  return records.map((record) => ({
    ...record,
    trigger: parseColumn(record.trigger),
    params: parseColumn(record.params),
    jobs: parseColumn(record.jobs),
    outputs: record.outputs === null ? null : parseColumn(record.outputs),
  }));
}

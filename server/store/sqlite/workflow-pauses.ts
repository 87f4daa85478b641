import type { Actor } from "@headwater/engine";
import type { WorkflowKey, WorkflowPauseRow } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";

interface PauseRecord extends WorkflowKey, Actor {
  readonly at: number;
  readonly resumedBy: string | null;
  readonly resumedReason: string | null;
  readonly resumedAt: number | null;
}

/** False when it is paused already: the first one stays. */
export async function pauseWorkflow(
  connection: Connection,
  { project, environment, workflow, by, reason, at }: Omit<WorkflowPauseRow, "resumed">,
): Promise<boolean> {
  const added = await connection.run(
    `INSERT OR IGNORE INTO workflow_pause (project, environment, workflow, paused_by, paused_reason, paused_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [project, environment, workflow, by, reason, at],
  );
  return added === 1;
}

/** False when it is not paused. */
export async function resumeWorkflow(
  connection: Connection,
  { project, environment, workflow, by, reason, at }: Omit<WorkflowPauseRow, "resumed">,
): Promise<boolean> {
  const ended = await connection.run(
    `UPDATE workflow_pause SET resumed_by = ?, resumed_reason = ?, resumed_at = ?
     WHERE project = ? AND environment = ? AND workflow = ? AND resumed_at IS NULL`,
    [by, reason, at, project, environment, workflow],
  );
  return ended === 1;
}

/** Pauses that nobody has ended, by project, environment and workflow. */
export function listPausedWorkflows(connection: Connection): Promise<readonly WorkflowPauseRow[]> {
  return selectPauses(connection, "WHERE resumed_at IS NULL ORDER BY project, environment, workflow", []);
}

/** Newest first. */
export function listPauses(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  limit: number,
): Promise<readonly WorkflowPauseRow[]> {
  return selectPauses(
    connection,
    "WHERE project = ? AND environment = ? AND workflow = ? ORDER BY id DESC LIMIT ?",
    [project, environment, workflow, limit],
  );
}

async function selectPauses(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly WorkflowPauseRow[]> {
  const records = await connection.all<PauseRecord>(
    `SELECT project, environment, workflow, paused_by AS "by", paused_reason AS reason, paused_at AS at,
       resumed_by AS resumedBy, resumed_reason AS resumedReason, resumed_at AS resumedAt
     FROM workflow_pause ${rest}`,
    params,
  );
  return records.map(({ resumedBy, resumedReason, resumedAt, ...pause }) => ({
    ...pause,
    resumed:
      resumedBy === null || resumedAt === null
        ? null
        : { by: resumedBy, reason: resumedReason ?? "", at: resumedAt },
  }));
}

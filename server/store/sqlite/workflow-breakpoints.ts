import type { Actor } from "@headwater/engine";
import type { WorkflowBreakpointRow, WorkflowKey } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";

interface BreakpointRecord extends WorkflowKey, Actor {
  readonly step: string;
  readonly at: number;
  readonly clearedBy: string | null;
  readonly clearedReason: string | null;
  readonly clearedAt: number | null;
}

/** False when the step has one already: the first one stays. */
export async function setBreakpoint(
  connection: Connection,
  { project, environment, workflow, step, by, reason, at }: Omit<WorkflowBreakpointRow, "cleared">,
): Promise<boolean> {
  const added = await connection.run(
    `INSERT OR IGNORE INTO workflow_breakpoint (project, environment, workflow, step, set_by, set_reason, set_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [project, environment, workflow, step, by, reason, at],
  );
  return added === 1;
}

/** False when the step has none. */
export async function clearBreakpoint(
  connection: Connection,
  { project, environment, workflow, step, by, reason, at }: Omit<WorkflowBreakpointRow, "cleared">,
): Promise<boolean> {
  const cleared = await connection.run(
    `UPDATE workflow_breakpoint SET cleared_by = ?, cleared_reason = ?, cleared_at = ?
     WHERE project = ? AND environment = ? AND workflow = ? AND step = ? AND cleared_at IS NULL`,
    [by, reason, at, project, environment, workflow, step],
  );
  return cleared === 1;
}

/** Those that nobody has taken away, in the order in which they were set. */
export function listOpenBreakpoints(connection: Connection): Promise<readonly WorkflowBreakpointRow[]> {
  return selectBreakpoints(connection, "WHERE cleared_at IS NULL ORDER BY id", []);
}

/** Newest first. */
export function listBreakpoints(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
  limit: number,
): Promise<readonly WorkflowBreakpointRow[]> {
  return selectBreakpoints(
    connection,
    "WHERE project = ? AND environment = ? AND workflow = ? ORDER BY id DESC LIMIT ?",
    [project, environment, workflow, limit],
  );
}

async function selectBreakpoints(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly WorkflowBreakpointRow[]> {
  const records = await connection.all<BreakpointRecord>(
    `SELECT project, environment, workflow, step, set_by AS "by", set_reason AS reason, set_at AS at,
       cleared_by AS clearedBy, cleared_reason AS clearedReason, cleared_at AS clearedAt
     FROM workflow_breakpoint ${rest}`,
    params,
  );
  return records.map(({ clearedBy, clearedReason, clearedAt, ...row }) => ({
    ...row,
    cleared:
      clearedBy === null || clearedAt === null
        ? null
        : { by: clearedBy, reason: clearedReason ?? "", at: clearedAt },
  }));
}

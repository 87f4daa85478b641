import { completeTrigger } from "@headwater/workflow";
import type { NewRun, RunRow, ScheduleFire, ScheduleRow, WorkflowKey } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { createRuns } from "./runs.js";

/** The earliest due time; null when no schedule fires again. */
export async function nextScheduleAt(connection: Connection): Promise<number | null> {
  const [row] = await connection.all<{ readonly nextAt: number | null }>(
    "SELECT min(next_at) AS nextAt FROM schedule WHERE next_at IS NOT NULL",
  );
  return row?.nextAt ?? null;
}

/** Schedules whose time has come, the longest due first. */
export function listDueSchedules(
  connection: Connection,
  now: number,
  limit: number,
): Promise<readonly ScheduleRow[]> {
  return selectSchedules(connection, "WHERE next_at <= ? ORDER BY next_at, id LIMIT ?", [now, limit]);
}

/** The schedules of one workflow, in order of their next slot. */
export function listSchedules(connection: Connection, key: WorkflowKey): Promise<readonly ScheduleRow[]> {
  return selectSchedules(
    connection,
    "WHERE project = ? AND environment = ? AND workflow = ? ORDER BY next_at, id",
    [key.project, key.environment, key.workflow],
  );
}

/** Moves the schedules on that are still where the fire saw them, and creates the runs of those. */
export async function fireSchedules(
  connection: Connection,
  fires: readonly ScheduleFire[],
): Promise<readonly RunRow[]> {
  const runs: NewRun[] = [];
  for (const fire of fires) {
    const moved = await connection.run(
      "UPDATE schedule SET next_slot_at = ?, next_at = ? WHERE id = ? AND next_slot_at = ?",
      [fire.nextSlotAt, fire.nextAt, fire.scheduleId, fire.expectedSlotAt],
    );
    if (moved === 1) runs.push(...fire.runs);
  }
  return createRuns(connection, runs);
}

async function selectSchedules(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly ScheduleRow[]> {
  const records = await connection.all<
    Omit<ScheduleRow, "trigger"> & { readonly trigger: JsonText<ScheduleRow["trigger"]> }
  >(
    `SELECT id, project, environment, workflow, definition AS trigger, next_slot_at AS nextSlotAt, next_at AS nextAt
     FROM schedule ${rest}`,
    params,
  );
  return records.map((record) => ({
    ...record,
    trigger: completeTrigger(parseColumn(record.trigger)),
  }));
}

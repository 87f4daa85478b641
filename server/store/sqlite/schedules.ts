import { completeTrigger } from "@headwater/workflow";
import type { UndecidedSchedule } from "../backfills.js";
import type { DueSchedule, NewRun, RunRow, ScheduleFire, ScheduleRow, WorkflowKey } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { listDuePastSchedules, movePastSchedule, nextPastScheduleAt } from "./past-schedules.js";
import { createRuns } from "./runs.js";

const OF_ITS_WORKFLOW = `FROM workflow_pause AS pause WHERE (pause.project, pause.environment, pause.workflow) =
  (schedule.project, schedule.environment, schedule.workflow)`;

const LIVE_VERSION = `(SELECT live.version_id FROM workflow AS live WHERE (live.project, live.environment, live.workflow) =
  (schedule.project, schedule.environment, schedule.workflow) AND live.removed_at IS NULL)`;

const IS_NOT_PAUSED = `NOT EXISTS (SELECT 1 ${OF_ITS_WORKFLOW} AND pause.resumed_at IS NULL)`;

/** The earliest due time; null when no schedule fires again. Those of paused workflows are left out. */
export async function nextScheduleAt(connection: Connection): Promise<number | null> {
  const [row] = await connection.all<{ readonly nextAt: number }>(
    `SELECT next_at AS nextAt FROM schedule WHERE next_at IS NOT NULL AND ${IS_NOT_PAUSED} ORDER BY next_at LIMIT 1`,
  );
  const pastAt = await nextPastScheduleAt(connection);
  if (row === undefined || pastAt === null) return row?.nextAt ?? pastAt;
  return Math.min(row.nextAt, pastAt);
}

/**
 * Schedules whose time has come, first those that are gone, then the longest due; those of paused workflows are left out. After one
 * that is live, those that are due after it.
 */
export async function listDueSchedules(
  connection: Connection,
  {
    now,
    limit,
    after,
  }: { readonly now: number; readonly limit: number; readonly after: DueSchedule | undefined },
): Promise<readonly DueSchedule[]> {
  const last = after?.past === null ? after : undefined;
  const past = last === undefined ? await listDuePastSchedules(connection, now, limit) : [];
  const live = await selectSchedules<Pick<DueSchedule, "resumedAt" | "versionId">>(
    connection,
    {
      more: `, (SELECT max(pause.resumed_at) ${OF_ITS_WORKFLOW}) AS resumedAt, ${LIVE_VERSION} AS versionId`,
      rest: `WHERE next_at <= ? AND (next_at, id) > (?, ?) AND ${IS_NOT_PAUSED} ORDER BY next_at, id LIMIT ?`,
    },
    [now, last?.nextAt ?? Number.MIN_SAFE_INTEGER, last?.id ?? "", limit - past.length],
  );
  return [...past, ...live.map((schedule) => ({ ...schedule, past: null }))];
}

/** The schedules of one workflow, in order of their next slot. */
export function listSchedules(connection: Connection, key: WorkflowKey): Promise<readonly ScheduleRow[]> {
  return selectSchedules(
    connection,
    { rest: "WHERE project = ? AND environment = ? AND workflow = ? ORDER BY next_at, id" },
    [key.project, key.environment, key.workflow],
  );
}

/** Both in one statement: a deployment moves a schedule from one table to the other. */
export async function listUndecidedSchedules(
  connection: Connection,
  { project, environment, workflow }: WorkflowKey,
): Promise<readonly UndecidedSchedule[]> {
  const ofWorkflow = "project = ?1 AND environment = ?2 AND workflow = ?3";
  const records = await connection.all<
    Omit<UndecidedSchedule, "trigger"> & { readonly trigger: JsonText<UndecidedSchedule["trigger"]> }
  >(
    `SELECT definition AS trigger, next_slot_at AS nextSlotAt, NULL AS until
     FROM schedule WHERE ${ofWorkflow} AND next_slot_at IS NOT NULL
     UNION ALL SELECT definition, next_slot_at, until FROM past_schedule WHERE ${ofWorkflow}`,
    [project, environment, workflow],
  );
  return records.map((record) => ({ ...record, trigger: completeTrigger(parseColumn(record.trigger)) }));
}

/**
 * Moves the schedules on that are still where the fire saw them, of the same version, and creates the runs of those: by one statement,
 * however many are due at once. Those that are gone are few.
 */
export async function fireSchedules(
  connection: Connection,
  fires: readonly ScheduleFire[],
): Promise<readonly RunRow[]> {
  const runs: NewRun[] = [];
  for (const batch of withoutRepeats(fires)) {
    const moved = await moveSchedules(
      connection,
      batch.filter(({ pastKey }) => pastKey === null),
    );
    for (const fire of batch) {
      const isMoved =
        fire.pastKey === null ? moved.has(fire.scheduleId) : await movePastSchedule(connection, fire);
      if (isMoved) runs.push(...fire.runs);
    }
  }
  return createRuns(connection, runs);
}

/** One statement moves a schedule once, so a second fire of the same one comes in a batch after it. */
function withoutRepeats(fires: readonly ScheduleFire[]): readonly (readonly ScheduleFire[])[] {
  const batches: ScheduleFire[][] = [];
  const seen = new Map<string, number>();
  for (const fire of fires) {
    const name = `${fire.pastKey ?? ""} ${fire.scheduleId}`;
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    (batches[place] ??= []).push(fire);
  }
  return batches;
}

/** Answers the ids of those that have moved. */
async function moveSchedules(
  connection: Connection,
  fires: readonly ScheduleFire[],
): Promise<ReadonlySet<string>> {
  const moves = fires.map(({ scheduleId, expectedSlotAt, versionId, nextSlotAt, nextAt }) => [
    scheduleId,
    expectedSlotAt,
    versionId,
    nextSlotAt,
    nextAt,
  ]);
  const moved = await connection.all<{ readonly id: string }>(
    `UPDATE schedule SET next_slot_at = move.value->>3, next_at = move.value->>4
     FROM jsonb_each(?) AS move
     WHERE schedule.id = move.value->>0 AND next_slot_at = move.value->>1 AND ${LIVE_VERSION} IS move.value->>2
     RETURNING schedule.id`,
    [JSON.stringify(moves)],
  );
  return new Set(moved.map(({ id }) => id));
}

/** Schedules. @param rest of the statement, with its `params`, and what `more` is read of each */
export async function selectSchedules<More = unknown>(
  connection: Connection,
  { more = "", rest }: { readonly more?: string; readonly rest: string },
  params: readonly SqlValue[],
): Promise<readonly (ScheduleRow & More)[]> {
  const records = await connection.all<
    Omit<ScheduleRow, "trigger"> & { readonly trigger: JsonText<ScheduleRow["trigger"]> } & More
  >(
    `SELECT id, project, environment, workflow, definition AS trigger, next_slot_at AS nextSlotAt, next_at AS nextAt
     ${more} FROM schedule ${rest}`,
    params,
  );
  return records.map((record) => ({
    ...record,
    trigger: completeTrigger(parseColumn(record.trigger)),
  }));
}

import type { Activation, DueSchedule, ScheduleFire } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

const OF_ITS_WORKFLOW = `FROM workflow_pause AS pause WHERE (pause.project, pause.environment, pause.workflow) =
  (past.project, past.environment, past.workflow)`;

const IS_NOT_PAUSED = `NOT EXISTS (SELECT 1 ${OF_ITS_WORKFLOW} AND pause.resumed_at IS NULL)`;

type PastRow = Omit<DueSchedule, "trigger" | "past"> &
  NonNullable<DueSchedule["past"]> & { readonly trigger: JsonText<DueSchedule["trigger"]> };

/**
 * Keeps the schedules that the activation changes or takes away while a slot of theirs has come: as they are, with what is deployed
 * before it. Of an environment whose triggers are off now nothing fires any more, whatever had come.
 */
export async function keepPastSchedules(
  connection: Connection,
  { deployment, settings, workflows }: Activation,
): Promise<void> {
  const { project, environment, endedAt } = deployment;
  if (settings.environments[environment]?.triggers === false) {
    await connection.run("DELETE FROM past_schedule WHERE project = ? AND environment = ?", [
      project,
      environment,
    ]);
    return;
  }
  await connection.run(
    `INSERT INTO past_schedule (id, project, environment, workflow, version_id, commit_sha, repository_id, definition,
       next_slot_at, next_at, until)
     SELECT schedule.id, schedule.project, schedule.environment, schedule.workflow, live.version_id, place.commit_sha,
       live.repository_id, schedule.definition, schedule.next_slot_at, schedule.next_at, ?3
     FROM schedule
       JOIN workflow AS live USING (project, environment, workflow) JOIN project AS place USING (project, environment)
     WHERE schedule.project = ?1 AND schedule.environment = ?2 AND schedule.next_slot_at <= ?3
       AND live.removed_at IS NULL AND schedule.workflow IN (SELECT value FROM json_each(?4))
       AND (schedule.id, schedule.definition) NOT IN (SELECT value->>'id', value->>'trigger' FROM json_each(?5))`,
    [
      project,
      environment,
      endedAt,
      JSON.stringify(workflows.map(({ workflow }) => workflow)),
      JSON.stringify(workflows.flatMap(({ schedules }) => schedules)),
    ],
  );
}

/** Those whose time has come, the longest due first; those of paused workflows are left out. */
export async function listDuePastSchedules(
  connection: Connection,
  now: number,
  limit: number,
): Promise<readonly DueSchedule[]> {
  const rows = await connection.all<PastRow>(
    `SELECT key, id, project, environment, workflow, version_id AS versionId, commit_sha AS "commit",
       repository_id AS repositoryId, definition AS trigger, next_slot_at AS nextSlotAt, next_at AS nextAt, until,
       (SELECT max(pause.resumed_at) ${OF_ITS_WORKFLOW}) AS resumedAt
     FROM past_schedule AS past WHERE next_at <= ? AND ${IS_NOT_PAUSED} ORDER BY next_at, key LIMIT ?`,
    [now, limit],
  );
  return rows.map(({ key, until, commit, repositoryId, ...row }) => ({
    ...row,
    trigger: parseColumn(row.trigger),
    past: { key, until, commit, repositoryId },
  }));
}

/** The earliest due time of one; null when there is none. */
export async function nextPastScheduleAt(connection: Connection): Promise<number | null> {
  const [row] = await connection.all<{ readonly nextAt: number }>(
    `SELECT next_at AS nextAt FROM past_schedule AS past WHERE ${IS_NOT_PAUSED} ORDER BY next_at LIMIT 1`,
  );
  return row?.nextAt ?? null;
}

/** Moves one on, or forgets it after its last slot; false when it is not where the fire saw it. */
export async function movePastSchedule(
  connection: Connection,
  { pastKey, expectedSlotAt, nextSlotAt, nextAt }: ScheduleFire,
): Promise<boolean> {
  const isThere = "key = ? AND next_slot_at = ?";
  const changed =
    nextSlotAt === null
      ? await connection.run(`DELETE FROM past_schedule WHERE ${isThere}`, [pastKey, expectedSlotAt])
      : await connection.run(`UPDATE past_schedule SET next_slot_at = ?, next_at = ? WHERE ${isThere}`, [
          nextSlotAt,
          nextAt,
          pastKey,
          expectedSlotAt,
        ]);
  return changed === 1;
}

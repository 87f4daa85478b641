import type { PrunedPage, PruneQuery } from "../retention.js";
import type { Connection } from "./connection.js";
import { RUNS_COUNTED } from "./usual-durations.js";

/** Rows of a run that go in one transaction. A row of a journal holds all that a batch has decided. */
const ROWS_PER_SWEEP = {
  step: 2000,
  journal: 100,
  run_action: 500,
  run_snapshot: 20,
  used_signal: 2000,
} as const;

const KEY_OF = {
  step: "path",
  journal: "first_seq",
  run_action: "seq",
  run_snapshot: "seq, page",
  used_signal: "path, signal_id",
} as const;

/** With the runs that it has set going, each run of the page that was set going by none, and has ended in time. */
const FAMILIES = `
  WITH page AS (
    SELECT key, id, ended_at FROM run
    WHERE key > ?1 AND key <= ?2 AND status <> 'pruned' AND cause->>'root' IS NULL AND ended_at < ?3
  ), member AS (
    SELECT page.id AS root, run.* FROM page CROSS JOIN run ON run.key = page.key
    UNION ALL
    SELECT page.id AS root, run.* FROM page CROSS JOIN run INDEXED BY run_by_root ON run.cause->>'root' = page.id
  )`;

const GOES_ON = "(member.ended_at IS NULL OR member.ended_at >= ?3)";

const OF_ITS_WORKFLOW = `other.project = member.project AND other.environment = member.environment
  AND other.workflow = member.workflow`;

/** The next run gets the number after it. */
const IS_NEWEST = `NOT EXISTS (SELECT 1 FROM run AS other WHERE ${OF_ITS_WORKFLOW} AND other.number > member.number)`;

/** As `findBlockingRun` finds it: a run that was canceled before it began does not count, nor one of a backfill. */
const MAY_BLOCK = `((member.started_at IS NOT NULL OR member.status = 'failed') AND member.cause->>'backfillId' IS NULL AND NOT EXISTS (
  SELECT 1 FROM run AS other WHERE ${OF_ITS_WORKFLOW} AND other.number > member.number
    AND other.ended_at IS NOT NULL AND (other.started_at IS NOT NULL OR other.status = 'failed')
    AND other.cause->>'backfillId' IS NULL))`;

/** As `listUsualDurations` counts them. */
const IS_USUAL = `(member.status = 'succeeded' AND member.attempt = 1
  AND EXISTS (SELECT 1 FROM workflow AS live WHERE live.project = member.project
    AND live.environment = member.environment AND live.workflow = member.workflow AND live.removed_at IS NULL)
  AND (SELECT count(*) FROM (
    SELECT 1 FROM run AS other INDEXED BY run_by_workflow_status WHERE ${OF_ITS_WORKFLOW}
      AND other.status = 'succeeded' AND other.attempt = 1 AND other.key > member.key LIMIT ${RUNS_COUNTED}))
    < ${RUNS_COUNTED})`;

const HAS_OPEN_SIGNALS = `member.id IN (
  SELECT run_id FROM signal WHERE id > (SELECT matched_up_to FROM signal_cursor) AND run_id IS NOT NULL
  UNION SELECT run_id FROM joined_signal JOIN signal ON signal.id = signal_id WHERE run_id IS NOT NULL)`;

/** Of each family that nobody needs, every run. */
const FORGETTABLE = `${FAMILIES}
  SELECT key FROM member WHERE root NOT IN (
    SELECT root FROM member WHERE ${[GOES_ON, IS_NEWEST, MAY_BLOCK, IS_USUAL, HAS_OPEN_SIGNALS].join(" OR ")})`;

/** Forgets what may be of the next runs; their rows are swept later. */
export async function pruneRuns(
  connection: Connection,
  { after = 0, limit, endedBefore }: PruneQuery & { readonly endedBefore: number },
): Promise<PrunedPage> {
  const page = await connection.all<{ readonly key: number; readonly startedRuns: number }>(
    "SELECT key, started_runs AS startedRuns FROM run WHERE key > ? AND created_at < ? ORDER BY key LIMIT ?",
    [after, endedBefore, limit],
  );
  const last = lastOf(page, limit);
  if (last === null) return { pruned: 0, next: null };
  const found = await connection.all<{ readonly key: number }>(FORGETTABLE, [after, last, endedBefore]);
  if (found.length > 0) await forget(connection, JSON.stringify(found.map(({ key }) => key)));
  return { pruned: found.length, next: page.length < limit && last === page.at(-1)?.key ? null : last };
}

/** With those that they have set going they are not many more than `limit` runs. */
function lastOf(
  page: readonly { readonly key: number; readonly startedRuns: number }[],
  limit: number,
): number | null {
  let runs = 0;
  for (const { key, startedRuns } of page) {
    runs += 1 + startedRuns;
    if (runs >= limit) return key;
  }
  return page.at(-1)?.key ?? null;
}

/** A step's runs have keys of the run that asks, which is forgotten with them; ids of signals never come back. */
async function forget(connection: Connection, keys: string): Promise<void> {
  const these = "key IN (SELECT value FROM json_each(?))";
  await connection.run(
    `UPDATE run_history SET begin_at = max(coalesce(begin_at, 0), (SELECT max(ended_at) FROM run WHERE ${these}))`,
    [keys],
  );
  await connection.run(
    `INSERT INTO spent_trigger_key (key) SELECT trigger_key FROM run
     WHERE ${these} AND trigger_key IS NOT NULL AND trigger_key NOT GLOB 'step:*' AND trigger_key NOT GLOB 'signal:*'
     ON CONFLICT (key) DO NOTHING`,
    [keys],
  );
  await connection.run(
    `UPDATE remembered SET run_number = run.number FROM run WHERE run.id = run_id AND run.${these}`,
    [keys],
  );
  await connection.run(
    `UPDATE run SET status = 'pruned', id = 'pruned:' || id, project = '', environment = '', workflow = '',
       number = key, trigger_key = NULL, params = '{}', outputs = NULL, reason = NULL, cause = '{}'
     WHERE ${these}`,
    [keys],
  );
}

/** Deletes a part of one run that is forgotten, and at last the run. */
export async function sweepPrunedRuns(connection: Connection): Promise<boolean> {
  const [run] = await connection.all<{ readonly key: number }>(
    "SELECT key FROM run INDEXED BY run_by_status WHERE status = 'pruned' LIMIT 1",
  );
  if (run === undefined) return false;
  for (const table of ["step", "journal", "run_action", "run_snapshot", "used_signal"] as const) {
    const key = KEY_OF[table];
    const deleted = await connection.run(
      `DELETE FROM ${table} WHERE (run_key, ${key}) IN (
         SELECT run_key, ${key} FROM ${table} WHERE run_key = ? LIMIT ${ROWS_PER_SWEEP[table]})`,
      [run.key],
    );
    if (deleted === ROWS_PER_SWEEP[table]) return true;
  }
  await connection.run("DELETE FROM run_progress WHERE run_key = ?", [run.key]);
  await connection.run("DELETE FROM backfill_retry WHERE run_key = ?", [run.key]);
  await connection.run("DELETE FROM run WHERE key = ?", [run.key]);
  return true;
}

/** Of these ids those that are there. */
export async function filterRuns(connection: Connection, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly id: string }>(
    "SELECT id FROM run WHERE id IN (SELECT value FROM json_each(?))",
    [JSON.stringify(ids)],
  );
  return rows.map(({ id }) => id);
}

/** When the latest run ended that was forgotten. */
export async function historyBegin(connection: Connection): Promise<number | null> {
  const [row] = await connection.all<{ readonly beginAt: number | null }>(
    "SELECT begin_at AS beginAt FROM run_history",
  );
  return row?.beginAt ?? null;
}

import type { JobCounts } from "@headwater/engine";
import type { StepQuery } from "../step-query.js";
import type { JournalEntry, StepRow } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { addCounts } from "../job-counts.js";

type StepRecord = Omit<StepRow, "outputs" | "iterations" | "jobs"> & {
  readonly outputs: JsonText<StepRow["outputs"]> | null;
  readonly iterations: JsonText<StepRow["iterations"]> | null;
  /** Of a loop those of its own steps. */
  readonly jobs: JsonText<JobCounts> | null;
  /** Of the runs of other workflows that steps of the loop, or the step itself, have started. */
  readonly nestedJobs: JsonText<JobCounts> | null;
};

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A page of a run's steps in order of first change. */
export async function listSteps(
  connection: Connection,
  runId: string,
  query: StepQuery,
): Promise<readonly StepRow[]> {
  const conditions = conditionsOf(query);
  // The plus: what is sorted out is found by reading the rows as they lie, not one by one in the order of their positions.
  const order = conditions.length === 0 ? "position" : "+position";
  const records = await connection.all<StepRecord>(
    `SELECT ? AS runId, position, path, kind, status, attempt, queued_at AS queuedAt, started_at AS startedAt,
       ended_at AS endedAt, reason, outputs, iterations, jobs, started_run AS startedRun, run_attempt AS runAttempt,
       CASE WHEN started_run IS NULL THEN nested_jobs ELSE (
         SELECT total FROM run_progress WHERE run_key = (SELECT key FROM run WHERE id = started_run)) END AS nestedJobs
     FROM step WHERE run_key = (SELECT key FROM run WHERE id = ?) AND position > ?
       ${conditions.map(({ sql }) => sql).join(" ")}
     ORDER BY ${order} LIMIT ?`,
    [runId, runId, query.after ?? 0, ...conditions.flatMap(({ values }) => values), query.limit],
  );
  return records.map(({ nestedJobs, ...record }) => ({
    ...record,
    outputs: record.outputs === null ? null : parseColumn(record.outputs),
    iterations: record.iterations === null ? null : parseColumn(record.iterations),
    jobs: addCounts([record.jobs, nestedJobs].flatMap((jobs) => (jobs === null ? [] : parseColumn(jobs)))),
  }));
}

function conditionsOf({ path, statuses, loop }: StepQuery): readonly Condition[] {
  const conditions: Condition[] = [];
  if (path !== undefined) conditions.push({ sql: "AND path = ?", values: [path] });
  if (statuses !== undefined)
    conditions.push({
      sql: "AND status IN (SELECT value FROM json_each(?))",
      values: [JSON.stringify(statuses)],
    });
  if (loop === "") conditions.push({ sql: "AND instr(path, '[') = 0", values: [] });
  else if (loop !== undefined) conditions.push(withinLoop(loop));
  return conditions;
}

/** `load[3].copy` is of `load`, as is `load[3].part`; `load[3].part[0].copy` is not. In ASCII `\` follows `[`. */
function withinLoop(loop: string): Condition {
  return {
    sql: "AND path >= ? AND path < ? AND instr(substr(path, ?), '[') = 0",
    values: [`${loop}[`, `${loop}\\`, loop.length + 2],
  };
}

/** Everything that happened to a run, in order. */
export async function readJournal(connection: Connection, runId: string): Promise<readonly JournalEntry[]> {
  const batches = await connection.all<{ readonly entries: JsonText<readonly JournalEntry[]> }>(
    "SELECT entries FROM journal WHERE run_key = (SELECT key FROM run WHERE id = ?) ORDER BY first_seq",
    [runId],
  );
  return batches.flatMap((batch) => parseColumn(batch.entries));
}

/** So many batches are read at once for a page: one may hold thousands of entries. */
const BATCHES = 10;

/** A page of what happened to a run: it costs what it holds, wherever in the journal it lies. */
export async function listJournal(
  connection: Connection,
  runId: string,
  { after = 0, limit }: { readonly after?: number; readonly limit: number },
): Promise<readonly JournalEntry[]> {
  const found: JournalEntry[] = [];
  for (let last = after; found.length < limit;) {
    const batches = await connection.all<{ readonly entries: JsonText<readonly JournalEntry[]> }>(
      `SELECT entries FROM journal, (SELECT key FROM run WHERE id = ?1) AS run
       WHERE run_key = run.key AND first_seq >= coalesce(
         (SELECT max(first_seq) FROM journal WHERE run_key = run.key AND first_seq <= ?2 + 1), 0)
       ORDER BY first_seq LIMIT ?3`,
      [runId, last, BATCHES],
    );
    const entries = batches.flatMap((batch) => parseColumn(batch.entries)).filter(({ seq }) => seq > last);
    const newest = entries.at(-1);
    if (newest === undefined) break;
    // No spread: a page may hold more entries than a call can have arguments.
    for (const entry of entries.slice(0, limit - found.length)) found.push(entry);
    if (batches.length < BATCHES) break;
    last = newest.seq;
  }
  return found;
}

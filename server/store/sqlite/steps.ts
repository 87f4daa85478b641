import type { JournalEntry, StepRow } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

type StepRecord = Omit<StepRow, "outputs" | "iterations"> & {
  readonly outputs: JsonText<StepRow["outputs"]> | null;
  readonly iterations: JsonText<StepRow["iterations"]> | null;
};

/** A page of a run's steps in order of first change; `path` leaves that one only. */
export async function listSteps(
  connection: Connection,
  runId: string,
  query: { readonly after?: number; readonly limit: number; readonly path?: string },
): Promise<readonly StepRow[]> {
  const onlyPath = query.path === undefined ? "" : "AND path = ?";
  const records = await connection.all<StepRecord>(
    `SELECT ? AS runId, position, path, kind, status, attempt, queued_at AS queuedAt, started_at AS startedAt,
       ended_at AS endedAt, reason, outputs, iterations
     FROM step WHERE run_key = (SELECT key FROM run WHERE id = ?) AND position > ? ${onlyPath}
     ORDER BY position LIMIT ?`,
    [runId, runId, query.after ?? 0, ...(query.path === undefined ? [] : [query.path]), query.limit],
  );
  return records.map((record) => ({
    ...record,
    outputs: record.outputs === null ? null : parseColumn(record.outputs),
    iterations: record.iterations === null ? null : parseColumn(record.iterations),
  }));
}

/** Everything that happened to a run, in order. */
export async function readJournal(connection: Connection, runId: string): Promise<readonly JournalEntry[]> {
  const batches = await connection.all<{ readonly entries: JsonText<readonly JournalEntry[]> }>(
    "SELECT entries FROM journal WHERE run_key = (SELECT key FROM run WHERE id = ?) ORDER BY first_seq",
    [runId],
  );
  return batches.flatMap((batch) => parseColumn(batch.entries));
}

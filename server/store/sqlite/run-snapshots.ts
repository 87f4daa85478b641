import type { SnapshotPage, StoredSnapshot } from "../run-snapshots.js";
import type { Connection } from "./connection.js";

/** Writes a page of a snapshot; the last one drops all that is not of it. */
export async function saveSnapshotPage(
  connection: Connection,
  { runId, seq, page, text, isLast }: SnapshotPage,
): Promise<void> {
  if (page === 0)
    await connection.run(
      "DELETE FROM run_snapshot WHERE run_key = (SELECT key FROM run WHERE id = ?) AND seq = ?",
      [runId, seq],
    );
  await connection.run(
    `INSERT INTO run_snapshot (run_key, seq, page, is_last, text)
     SELECT key, ?2, ?3, ?4, ?5 FROM run WHERE id = ?1`,
    [runId, seq, page, isLast ? 1 : 0, text],
  );
  if (isLast)
    await connection.run(
      "DELETE FROM run_snapshot WHERE run_key = (SELECT key FROM run WHERE id = ?) AND seq <> ?",
      [runId, seq],
    );
}

/** The latest snapshot that is whole; null when there is none. */
export async function readSnapshot(connection: Connection, runId: string): Promise<StoredSnapshot | null> {
  const rows = await connection.all<{ readonly seq: number; readonly text: string }>(
    `SELECT seq, text FROM run_snapshot AS part
     WHERE run_key = (SELECT key FROM run WHERE id = ?)
       AND seq = (SELECT max(seq) FROM run_snapshot WHERE run_key = part.run_key AND is_last)
     ORDER BY page`,
    [runId],
  );
  const [first] = rows;
  return first === undefined ? null : { seq: first.seq, pages: rows.map(({ text }) => text) };
}

import type { PrunedPage, PruneQuery } from "../retention.js";
import type { Connection } from "./connection.js";

/** How far the gates look back, of what lives and what goes on; each at the earliest from when its run was created. */
const NEEDED_SINCE = `
  SELECT min(from_at) AS since FROM (
    SELECT ?1 - lookback.value AS from_at
    FROM version JOIN json_tree(version.definition) AS lookback ON lookback.key = 'lookbackMs' AND lookback.type = 'integer'
    WHERE version.id IN (SELECT version_id FROM workflow WHERE removed_at IS NULL)
      AND version.definition LIKE '%"lookbackMs":_%'
    UNION ALL
    SELECT run.created_at - coalesce((
      SELECT max(lookback.value) FROM json_tree(version.definition) AS lookback
      WHERE lookback.key = 'lookbackMs' AND lookback.type = 'integer'), 0)
    FROM run JOIN version ON version.id = run.version_id WHERE run.status IN ('queued', 'running')
  )`;

/** From when on signals are needed by gates; null when by none. */
export async function signalsNeededSince(connection: Connection, now: number): Promise<number | null> {
  const [row] = await connection.all<{ readonly since: number | null }>(NEEDED_SINCE, [now]);
  return row?.since ?? null;
}

/** Deletes signals that nobody needs. `before` is not later than what gates look back to. */
export async function pruneSignals(
  connection: Connection,
  { after = 0, limit, before }: PruneQuery & { readonly before: number },
): Promise<PrunedPage> {
  const page = await connection.all<{ readonly id: number; readonly at: number }>(
    `SELECT id, at FROM signal WHERE id > ? AND id <= (SELECT matched_up_to FROM signal_cursor) ORDER BY id LIMIT ?`,
    [after, limit],
  );
  const last = page.at(-1);
  if (last === undefined) return { pruned: 0, next: null };
  const pruned = await connection.run(
    `DELETE FROM signal WHERE id > ?1 AND id <= ?2 AND at < ?3
       AND NOT (signal GLOB 'headwater/run-*' AND id > (SELECT signal_id FROM alert_cursor))
       AND id NOT IN (SELECT signal_id FROM joined_signal)
       AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = signal.run_id AND run.status IN ('queued', 'running'))`,
    [after, last.id, before],
  );
  const isOver = page.length < limit || page.every(({ at }) => at >= before);
  return { pruned, next: isOver ? null : last.id };
}

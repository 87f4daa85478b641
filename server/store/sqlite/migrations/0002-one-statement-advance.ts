/**
 * An advance touches four tables. Written through this view it is one statement, which is its own transaction: one trip to
 * SQLite instead of six, and the fsync is the same one.
 */
export const oneStatementAdvance = `
CREATE VIEW run_advance (journal, runs, steps, signals) AS SELECT NULL, NULL, NULL, NULL;

CREATE TRIGGER write_run_advance INSTEAD OF INSERT ON run_advance BEGIN
  INSERT INTO journal (run_key, first_seq, last_seq, entries)
  SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(NEW.journal);

  -- Every key is there once, which UPDATE FROM relies on: it applies a repeated one only once.
  UPDATE run SET status = change.value->>1, reason = change.value->>2, started_at = change.value->>3,
    ended_at = change.value->>4
  FROM json_each(NEW.runs) AS change WHERE run.key = change.value->>0;

  INSERT INTO step (run_key, path, position, kind, status, attempt, queued_at, started_at, ended_at, reason, outputs,
    iterations)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9,
    value->>10, value->>11
  FROM json_each(NEW.steps) WHERE true
  ON CONFLICT (run_key, path) DO UPDATE SET kind = excluded.kind, status = excluded.status,
    attempt = excluded.attempt, queued_at = excluded.queued_at, started_at = excluded.started_at,
    ended_at = excluded.ended_at, reason = excluded.reason, outputs = excluded.outputs,
    iterations = excluded.iterations;

  INSERT INTO signal (key, signal, params, run_id, at)
  SELECT value->>'key', value->>'signal', value->>'params', value->>'runId', value->>'at' FROM json_each(NEW.signals)
  WHERE true
  ON CONFLICT (key) DO NOTHING;
END;
`;

/** By when a run should have ended, and when it turned out to be late: an advance says so, and the view that takes it is made anew. */
export const lateRuns = `
ALTER TABLE run ADD COLUMN due_at INTEGER;
ALTER TABLE run ADD COLUMN late_at INTEGER;

DROP VIEW run_advance;
CREATE VIEW run_advance (journal, runs, steps, signals, remembered, actions, forgotten)
AS SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL;

CREATE TRIGGER write_run_advance INSTEAD OF INSERT ON run_advance BEGIN
  INSERT INTO journal (run_key, first_seq, last_seq, entries)
  SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(NEW.journal);

  INSERT INTO run_action (run_key, seq, at, event)
  SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(NEW.actions);

  -- Every key is there once, which UPDATE FROM relies on: it applies a repeated one only once.
  UPDATE run SET status = change.value->>1, reason = change.value->>2, started_at = change.value->>3,
    ended_at = change.value->>4, outputs = change.value->>5, attempt = coalesce(change.value->>6, attempt),
    version_id = coalesce(change.value->>7, version_id), commit_sha = coalesce(change.value->>8, commit_sha),
    params = coalesce(change.value->>9, params), late_at = change.value->>10
  FROM json_each(NEW.runs) AS change WHERE run.key = change.value->>0;

  DELETE FROM step WHERE (run_key, path) IN (
    SELECT gone.run_key, gone.path FROM json_each(NEW.forgotten) AS change
    CROSS JOIN step AS gone
    WHERE gone.run_key = change.value->>0 AND gone.path >= change.value->>1 AND gone.path < change.value->>2
  );

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

  INSERT INTO remembered (project, environment, workflow, step, key, outputs, run_id, at)
  SELECT run.project, run.environment, run.workflow, value->>1, value->>2, value->>3, run.id, value->>4
  FROM json_each(NEW.remembered) JOIN run ON run.key = value->>0
  WHERE true
  ON CONFLICT (project, environment, workflow, step, key) DO UPDATE SET outputs = excluded.outputs,
    run_id = excluded.run_id, at = excluded.at;
END;
`;

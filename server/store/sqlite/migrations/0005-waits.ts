/**
 * What steps wait for besides workers: runs of other workflows (their outputs, and which version they had at a commit),
 * signals of the past, and results of earlier runs. An advance also writes the outputs of a run and what a step leaves for
 * others, so the view that takes it is made anew.
 */
export const waits = `
ALTER TABLE run ADD COLUMN outputs TEXT;

-- A row for each change of a workflow's version: which one it had when a deployment was made. Null: it was removed.
CREATE TABLE workflow_history (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  deployment_key INTEGER NOT NULL,
  version_id TEXT,
  PRIMARY KEY (project, environment, workflow, deployment_key)
) WITHOUT ROWID;
INSERT INTO workflow_history (project, environment, workflow, deployment_key, version_id)
SELECT project, environment, workflow, 0, iif(removed_at IS NULL, version_id, NULL) FROM workflow;

CREATE INDEX deployment_by_commit ON deployment (commit_sha);
CREATE INDEX signal_by_name ON signal (signal, at);

CREATE TABLE remembered (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  step TEXT NOT NULL,
  key TEXT NOT NULL,
  outputs TEXT NOT NULL,
  run_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (project, environment, workflow, step, key)
) WITHOUT ROWID;

DROP VIEW run_advance;
CREATE VIEW run_advance (journal, runs, steps, signals, remembered) AS SELECT NULL, NULL, NULL, NULL, NULL;

CREATE TRIGGER write_run_advance INSTEAD OF INSERT ON run_advance BEGIN
  INSERT INTO journal (run_key, first_seq, last_seq, entries)
  SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(NEW.journal);

  -- Every key is there once, which UPDATE FROM relies on: it applies a repeated one only once.
  UPDATE run SET status = change.value->>1, reason = change.value->>2, started_at = change.value->>3,
    ended_at = change.value->>4, outputs = change.value->>5
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

  INSERT INTO remembered (project, environment, workflow, step, key, outputs, run_id, at)
  SELECT run.project, run.environment, run.workflow, value->>1, value->>2, value->>3, run.id, value->>4
  FROM json_each(NEW.remembered) JOIN run ON run.key = value->>0
  WHERE true
  ON CONFLICT (project, environment, workflow, step, key) DO UPDATE SET outputs = excluded.outputs,
    run_id = excluded.run_id, at = excluded.at;
END;
`;

/** Two counts of jobs by status, as JSON, added up; what the third counts is taken away. A status that nobody has is left out. */
function sum(one: string, other: string, less = "'{}'"): string {
  return `(SELECT json_group_object(status, jobs) FROM (
      SELECT status, sum(jobs) AS jobs FROM (
        SELECT key AS status, value AS jobs FROM json_each(coalesce(${one}, '{}'))
        UNION ALL SELECT key, value FROM json_each(${other})
        UNION ALL SELECT key, -value FROM json_each(${less}))
      GROUP BY status HAVING sum(jobs) <> 0))`;
}

/** A run that counts for a step has other jobs than before: so has the run of that step, and so have the loops around it. */
function passOn(parent: string, { loops, jobs, less }: Record<"loops" | "jobs" | "less", string>): string {
  return `
  UPDATE run_progress SET total = ${sum("total", jobs, less)} WHERE run_key = ${parent};
  UPDATE step SET nested_jobs = ${sum("nested_jobs", jobs, less)}
  WHERE run_key = ${parent} AND path IN (SELECT value FROM json_each(${loops}));`;
}

/**
 * How many jobs of a run are in which status, through all levels. What a run counts itself comes with its advance; what the runs count
 * that its steps have started is passed on by triggers, from each to the run that waits for it, by what it changes. A table of its
 * own, since the row of a run holds its params and would be written anew each time.
 */
export const rollUps = `
CREATE TABLE run_progress (
  run_key INTEGER PRIMARY KEY REFERENCES run (key),
  -- Of its own steps; and with those of the runs that count in it.
  jobs TEXT NOT NULL,
  total TEXT NOT NULL,
  -- The run in which it counts in the place of a step, and the loops around that step.
  parent_key INTEGER,
  loops TEXT NOT NULL
);

ALTER TABLE step ADD COLUMN jobs TEXT;
ALTER TABLE step ADD COLUMN nested_jobs TEXT;
ALTER TABLE step ADD COLUMN started_run TEXT;
ALTER TABLE step ADD COLUMN run_attempt INTEGER;

CREATE TRIGGER count_run AFTER INSERT ON step WHEN NEW.started_run IS NOT NULL BEGIN
  UPDATE run_progress SET parent_key = NEW.run_key WHERE run_key = (SELECT key FROM run WHERE id = NEW.started_run);
END;

CREATE TRIGGER count_other_run AFTER UPDATE OF started_run ON step WHEN OLD.started_run IS NOT NEW.started_run BEGIN
  UPDATE run_progress SET parent_key = NULL
  WHERE run_key = (SELECT key FROM run WHERE id = OLD.started_run) AND parent_key = OLD.run_key;
  UPDATE run_progress SET parent_key = NEW.run_key WHERE run_key = (SELECT key FROM run WHERE id = NEW.started_run);
END;

CREATE TRIGGER count_run_no_more AFTER DELETE ON step WHEN OLD.started_run IS NOT NULL BEGIN
  UPDATE run_progress SET parent_key = NULL
  WHERE run_key = (SELECT key FROM run WHERE id = OLD.started_run) AND parent_key = OLD.run_key;
END;

CREATE TRIGGER pass_on_jobs AFTER UPDATE OF total ON run_progress
WHEN NEW.parent_key IS NOT NULL AND NEW.parent_key IS OLD.parent_key AND NEW.total <> OLD.total BEGIN
  ${passOn("NEW.parent_key", { loops: "NEW.loops", jobs: "NEW.total", less: "OLD.total" })}
END;

CREATE TRIGGER take_jobs_along AFTER UPDATE OF parent_key ON run_progress WHEN NEW.parent_key IS NOT OLD.parent_key BEGIN
  ${passOn("OLD.parent_key", { loops: "OLD.loops", jobs: "'{}'", less: "OLD.total" })}
  ${passOn("NEW.parent_key", { loops: "NEW.loops", jobs: "NEW.total", less: "'{}'" })}
END;

DROP VIEW run_advance;
CREATE VIEW run_advance (journal, runs, steps, signals, remembered, actions, forgotten, progress)
AS SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL;

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

  INSERT INTO run_progress (run_key, jobs, total, loops)
  SELECT value->>0, value->>1, value->>1, '[]' FROM json_each(NEW.progress) WHERE true
  ON CONFLICT (run_key) DO UPDATE SET jobs = excluded.jobs,
    total = CASE WHEN total = jobs THEN excluded.jobs ELSE ${sum("total", "excluded.jobs", "jobs")} END;

  DELETE FROM step WHERE (run_key, path) IN (
    SELECT gone.run_key, gone.path FROM json_each(NEW.forgotten) AS change
    CROSS JOIN step AS gone
    WHERE gone.run_key = change.value->>0 AND gone.path >= change.value->>1 AND gone.path < change.value->>2
  );

  INSERT INTO step (run_key, path, position, kind, status, attempt, queued_at, started_at, ended_at, reason, outputs,
    iterations, jobs, started_run, run_attempt)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9,
    value->>10, value->>11, value->>12, value->>13, value->>14
  FROM json_each(NEW.steps) WHERE true
  ON CONFLICT (run_key, path) DO UPDATE SET kind = excluded.kind, status = excluded.status,
    attempt = excluded.attempt, queued_at = excluded.queued_at, started_at = excluded.started_at,
    ended_at = excluded.ended_at, reason = excluded.reason, outputs = excluded.outputs,
    iterations = excluded.iterations, jobs = excluded.jobs, started_run = excluded.started_run,
    run_attempt = excluded.run_attempt;

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

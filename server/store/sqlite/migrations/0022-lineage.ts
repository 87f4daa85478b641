/**
 * Who makes whom act. What is deployed: who names which signal or workflow, found by either side. What has happened: which signal has
 * started which run, or let which step of it go on; noted by triggers, so that it is one transaction with what it tells of.
 */
export const lineage = `
CREATE TABLE mention (
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (subject, role, project, environment, name)
) WITHOUT ROWID;
CREATE INDEX mention_by_name ON mention (project, environment, name);

INSERT INTO mention
SELECT DISTINCT signal, 'starts', project, environment, workflow FROM signal_listener WHERE signal NOT GLOB 'headwater/*';

INSERT INTO mention
SELECT webhook.value->>'signal', 'receives', project, environment, webhook.key
FROM project, json_each(settings, '$.webhooks') AS webhook WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO mention
SELECT trigger.value->>'workflow', 'follows', workflow.project, environment, workflow.workflow
FROM workflow JOIN version ON version.id = version_id, json_each(definition, '$.triggers') AS trigger
WHERE removed_at IS NULL AND trigger.value->>'kind' = 'workflow'
ON CONFLICT DO NOTHING;

-- The places of a definition where it stands; an author's own value that looks like one is found to be none when it is read.
INSERT INTO mention
SELECT iif(place.value->>'kind' = 'workflow', place.value->>'workflow', place.value->>'signal'),
  CASE WHEN place.value->>'kind' = 'workflow' THEN 'calls' WHEN place.path GLOB '*.emit' THEN 'emits' ELSE 'waits' END,
  workflow.project, environment, workflow.workflow
FROM workflow JOIN version ON version.id = version_id, json_tree(definition, '$.steps') AS place
WHERE removed_at IS NULL AND place.type = 'object' AND (
  (typeof(place.value->>'signal') = 'text' AND (place.path GLOB '*.emit' OR place.path GLOB '*.waitFor'))
  OR (place.value->>'kind' = 'workflow' AND typeof(place.value->>'workflow') = 'text'))
ON CONFLICT DO NOTHING;

CREATE TABLE used_signal (
  run_key INTEGER NOT NULL,
  -- The step that it let go on; empty where it started the run.
  path TEXT NOT NULL,
  signal_id INTEGER NOT NULL,
  PRIMARY KEY (run_key, path, signal_id)
) WITHOUT ROWID;
CREATE INDEX used_signal_by_signal ON used_signal (signal_id, run_key, path);

INSERT INTO used_signal SELECT key, '', cause->>'signalId' FROM run WHERE cause->>'kind' = 'signal';
INSERT INTO used_signal
SELECT run.key, '', origin.value->>'signalId' FROM run, json_each(cause, '$.signals') AS origin WHERE cause->>'kind' = 'all'
ON CONFLICT DO NOTHING;

CREATE TRIGGER use_signal AFTER INSERT ON run WHEN NEW.cause->>'kind' = 'signal' BEGIN
  INSERT INTO used_signal VALUES (NEW.key, '', NEW.cause->>'signalId') ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER use_joined_signals AFTER INSERT ON run WHEN NEW.cause->>'kind' = 'all' BEGIN
  INSERT INTO used_signal
  SELECT NEW.key, '', origin.value->>'signalId' FROM json_each(NEW.cause, '$.signals') AS origin WHERE true
  ON CONFLICT DO NOTHING;
END;

-- Beside write_run_advance; who makes that view anew makes this anew as well.
CREATE TRIGGER use_signals_of_gates INSTEAD OF INSERT ON run_advance WHEN instr(NEW.journal, '"gate_opened"') > 0 BEGIN
  INSERT INTO used_signal
  SELECT batch.value->>0, entry.value->'event'->>'path', entry.value->'event'->>'signalId'
  FROM json_each(NEW.journal) AS batch, json_each(batch.value->3) AS entry
  WHERE entry.value->'event'->>'kind' = 'gate_opened' AND entry.value->'event'->>'signalId' IS NOT NULL
  ON CONFLICT DO NOTHING;
END;

CREATE INDEX signal_by_run ON signal (run_id, id) WHERE run_id IS NOT NULL AND signal NOT GLOB 'headwater/*';
CREATE INDEX run_by_cause ON run (cause->>'runId') WHERE cause->>'runId' IS NOT NULL;
`;

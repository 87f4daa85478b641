/**
 * What people are told. Alerts come from what is recorded anyway in the transaction in which it happens, by a cursor over it. What happened
 * before there were alerts is not told; which workflows were failing then is looked up once.
 */
export const alerts = `
CREATE TABLE alert (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  -- Project, environment, workflow, channel and receiver: what is told in order.
  lane TEXT NOT NULL,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT,
  channel TEXT NOT NULL,
  receiver TEXT NOT NULL,
  occasion TEXT NOT NULL,
  happened TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER,
  error TEXT,
  told_at INTEGER
);
CREATE INDEX alert_by_lane ON alert (lane);
CREATE INDEX alert_by_workflow ON alert (project, workflow);
CREATE INDEX alert_waiting ON alert (next_at) WHERE state = 'waiting';

CREATE TABLE alert_run (
  run_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  PRIMARY KEY (run_id, alert_id)
) WITHOUT ROWID;
CREATE INDEX alert_run_by_alert ON alert_run (alert_id);

-- One row: what was recorded up to there has become alerts.
CREATE TABLE alert_cursor (signal_id INTEGER NOT NULL, deployment_key INTEGER NOT NULL);
INSERT INTO alert_cursor
SELECT coalesce((SELECT max(id) FROM signal), 0), coalesce((SELECT max(key) FROM deployment), 0);

-- Workflows of which the last run that ended has failed.
CREATE TABLE failing_workflow (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  PRIMARY KEY (project, environment, workflow)
) WITHOUT ROWID;
INSERT INTO failing_workflow
SELECT project, environment, workflow FROM workflow WHERE removed_at IS NULL AND (
  SELECT status FROM run
  WHERE run.project = workflow.project AND run.environment = workflow.environment AND run.workflow = workflow.workflow
    AND run.status IN ('succeeded', 'failed', 'timed_out')
  ORDER BY number DESC LIMIT 1) IN ('failed', 'timed_out');
`;

/**
 * A listener is found by what it demands: `shape` holds the names of the params that must have one value, `wanted` those
 * values, so that a signal is compared with one entry of the index for each shape, however many listeners there are.
 * Listeners from before demand nothing here and are compared one by one, until their workflow is deployed again.
 */
export const joinedSignals = `
ALTER TABLE signal_listener RENAME TO signal_listener_before;
CREATE TABLE signal_listener (
  signal TEXT NOT NULL,
  shape TEXT NOT NULL,
  wanted TEXT NOT NULL,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  PRIMARY KEY (signal, shape, wanted, project, environment, workflow)
) WITHOUT ROWID;
INSERT INTO signal_listener (signal, shape, wanted, project, environment, workflow)
SELECT signal, '[]', '[]', project, environment, workflow FROM signal_listener_before;
DROP TABLE signal_listener_before;
CREATE INDEX signal_listener_by_workflow ON signal_listener (project, environment, workflow);

-- The signals that wait for others of their key, the latest of each name.
CREATE TABLE joined_signal (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  join_id TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  signal_id INTEGER NOT NULL REFERENCES signal (id),
  PRIMARY KEY (project, environment, workflow, join_id, key, name)
) WITHOUT ROWID;

-- How many runs this one has set going through signals, directly or through others.
ALTER TABLE run ADD COLUMN started_runs INTEGER NOT NULL DEFAULT 0;
`;

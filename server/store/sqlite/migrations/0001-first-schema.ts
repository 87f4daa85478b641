/**
 * Rows that belong together lie together: journal and steps are clustered by their run, whose key is a small number
 * that grows by age. Indexes are partial where only the living rows are looked up.
 */
export const firstSchema = `
CREATE TABLE repository (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  branch TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  head_commit TEXT,
  checked_at INTEGER,
  problem TEXT
) WITHOUT ROWID;

CREATE TABLE deployment (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  repository_id TEXT NOT NULL,
  project TEXT,
  environment TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  commit_author TEXT,
  commit_subject TEXT,
  committed_at INTEGER,
  status TEXT NOT NULL,
  reason TEXT,
  diagnostics TEXT NOT NULL,
  added TEXT NOT NULL,
  changed TEXT NOT NULL,
  removed TEXT NOT NULL,
  unchanged INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
);
CREATE INDEX deployment_by_repository ON deployment (repository_id);
CREATE INDEX deployment_by_project ON deployment (project);

CREATE TABLE project (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  repository_id TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  settings TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (project, environment)
) WITHOUT ROWID;

CREATE TABLE version (
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  workflow TEXT NOT NULL,
  number INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  definition TEXT NOT NULL
);
CREATE UNIQUE INDEX version_number ON version (project, workflow, number);

CREATE TABLE workflow (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  repository_id TEXT NOT NULL,
  path TEXT NOT NULL,
  version_id TEXT NOT NULL REFERENCES version (id),
  commit_sha TEXT NOT NULL,
  properties TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  removed_at INTEGER,
  PRIMARY KEY (project, environment, workflow)
) WITHOUT ROWID;
CREATE INDEX workflow_by_repository ON workflow (repository_id);

CREATE TABLE signal_listener (
  signal TEXT NOT NULL,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  PRIMARY KEY (signal, project, environment, workflow)
) WITHOUT ROWID;
CREATE INDEX signal_listener_by_workflow ON signal_listener (project, environment, workflow);

CREATE TABLE schedule (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  definition TEXT NOT NULL,
  next_slot_at INTEGER,
  next_at INTEGER
) WITHOUT ROWID;
CREATE INDEX schedule_by_workflow ON schedule (project, environment, workflow);
CREATE INDEX schedule_due ON schedule (next_at) WHERE next_at IS NOT NULL;

-- Ids must never come back, not even when old signals are pruned: the cursor below would pass over them.
CREATE TABLE signal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  signal TEXT NOT NULL,
  params TEXT NOT NULL,
  run_id TEXT,
  at INTEGER NOT NULL
);

-- One row: every signal up to it has been matched. There is one writer, so ids become visible in their order.
CREATE TABLE signal_cursor (matched_up_to INTEGER NOT NULL);
INSERT INTO signal_cursor VALUES (0);

CREATE TABLE run (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  number INTEGER NOT NULL,
  version_id TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  repository_id TEXT NOT NULL,
  cause TEXT NOT NULL,
  trigger_key TEXT,
  params TEXT NOT NULL,
  scheduled_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  started_at INTEGER,
  ended_at INTEGER
);
CREATE UNIQUE INDEX run_trigger_key ON run (trigger_key) WHERE trigger_key IS NOT NULL;
CREATE UNIQUE INDEX run_number ON run (project, environment, workflow, number);
CREATE INDEX run_by_project ON run (project);
CREATE INDEX run_by_workflow ON run (project, workflow);
CREATE INDEX run_by_workflow_status ON run (project, workflow, status);
CREATE INDEX run_by_status ON run (status);

CREATE TABLE journal (
  run_key INTEGER NOT NULL REFERENCES run (key),
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  entries TEXT NOT NULL,
  PRIMARY KEY (run_key, first_seq)
) WITHOUT ROWID;

CREATE TABLE step (
  run_key INTEGER NOT NULL REFERENCES run (key),
  path TEXT NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  queued_at INTEGER,
  started_at INTEGER,
  ended_at INTEGER,
  reason TEXT,
  outputs TEXT,
  iterations TEXT,
  PRIMARY KEY (run_key, path)
) WITHOUT ROWID;
CREATE UNIQUE INDEX step_position ON step (run_key, position);
`;

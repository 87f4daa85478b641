/** Backfills, and the runs that they have made: found by the backfill, and by the slot that they are for. */
export const backfills = `
CREATE TABLE backfill (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  selection TEXT NOT NULL,
  run_order TEXT NOT NULL,
  max_parallel INTEGER NOT NULL,
  overlap INTEGER NOT NULL,
  redo INTEGER NOT NULL,
  binding TEXT NOT NULL,
  total INTEGER NOT NULL,
  status TEXT NOT NULL,
  position INTEGER,
  cursor TEXT,
  skipped INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed TEXT,
  ended_at INTEGER
);
CREATE INDEX backfill_by_workflow ON backfill (project, environment, workflow);
CREATE INDEX backfill_active ON backfill (key) WHERE status IN ('running', 'canceling');

-- A run is to be restarted until its attempt is this one.
CREATE TABLE backfill_retry (
  run_key INTEGER PRIMARY KEY REFERENCES run (key),
  backfill_id TEXT NOT NULL,
  attempt INTEGER NOT NULL
);
CREATE INDEX backfill_retry_by_backfill ON backfill_retry (backfill_id);

CREATE INDEX run_by_backfill ON run (cause->>'backfillId') WHERE cause->>'kind' = 'backfill';
CREATE INDEX run_by_backfill_status ON run (cause->>'backfillId', status) WHERE cause->>'kind' = 'backfill';
CREATE INDEX run_by_slot ON run (project, environment, workflow, cause->>'slotAt') WHERE cause->>'slotAt' IS NOT NULL;
`;

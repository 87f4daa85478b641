/** Breakpoints for all runs of a workflow. What was taken away stays on record. */
export const breakpoints = `
CREATE TABLE workflow_breakpoint (
  id INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  step TEXT NOT NULL,
  set_by TEXT NOT NULL,
  set_reason TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  cleared_by TEXT,
  cleared_reason TEXT,
  cleared_at INTEGER
);
CREATE UNIQUE INDEX workflow_breakpoint_open ON workflow_breakpoint (project, environment, workflow, step)
WHERE cleared_at IS NULL;
CREATE INDEX workflow_breakpoint_by_workflow ON workflow_breakpoint (project, environment, workflow, id);
`;

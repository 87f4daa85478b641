/** What happened between repositories and the service. */
export const sourceEvents = `
CREATE TABLE source_event (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  repository_id TEXT NOT NULL,
  branch TEXT,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  lost_commits TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER
);
CREATE INDEX source_event_by_repository ON source_event (repository_id);
CREATE INDEX source_event_by_since ON source_event (since);
CREATE INDEX source_event_open ON source_event (repository_id) WHERE until IS NULL;
`;

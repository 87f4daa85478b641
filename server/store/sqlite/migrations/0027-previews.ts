/** What pull requests have run before they are merged, and by which versions. */
export const previews = `
CREATE TABLE preview (
  repository_id TEXT NOT NULL,
  change INTEGER NOT NULL,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  workflow TEXT NOT NULL,
  run_id TEXT NOT NULL,
  place TEXT NOT NULL,
  is_ending INTEGER NOT NULL,
  PRIMARY KEY (repository_id, change)
) WITHOUT ROWID;

CREATE TABLE preview_version (
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  workflow TEXT NOT NULL,
  version_id TEXT NOT NULL,
  PRIMARY KEY (project, environment, commit_sha, workflow)
) WITHOUT ROWID;
CREATE INDEX preview_version_by_version ON preview_version (version_id);
`;

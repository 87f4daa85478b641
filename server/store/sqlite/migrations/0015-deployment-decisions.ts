/** What people decide of deployments: a held commit that somebody has confirmed, an environment that is pinned to a commit. */
export const deploymentDecisions = `
ALTER TABLE deployment ADD COLUMN committer TEXT;

-- Which versions a deployment brought.
CREATE INDEX workflow_history_by_deployment ON workflow_history (deployment_key);

CREATE TABLE commit_confirmation (
  repository_id TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, commit_sha)
) WITHOUT ROWID;

CREATE TABLE pin (
  key INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  repository_id TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  deployment_id TEXT NOT NULL,
  pinned_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  ended_by TEXT,
  ended_reason TEXT,
  ended_at INTEGER
);
CREATE UNIQUE INDEX open_pin ON pin (project, environment) WHERE ended_at IS NULL;
CREATE INDEX pin_by_deployment ON pin (deployment_id);
`;

/**
 * A confirmation counts until the branch goes on: should it come back, the commit is to be confirmed again, by a row of its own. Those that are
 * there count on for the newest commit of their branch alone.
 */
export const confirmationsOnce = `
ALTER TABLE commit_confirmation RENAME TO earlier_confirmation;

CREATE TABLE commit_confirmation (
  repository_id TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  -- The key of the newest deployment of the repository when it was said: the one that was held.
  said_of INTEGER NOT NULL,
  confirmed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- The key of the deployment by which the branch went on; null while it counts.
  left_by INTEGER,
  PRIMARY KEY (repository_id, commit_sha, said_of)
) WITHOUT ROWID;

-- Until now each counted for all deployments of its commit that came after it.
INSERT INTO commit_confirmation (repository_id, commit_sha, said_of, confirmed_by, reason, at, left_by)
SELECT repository_id, commit_sha,
  (SELECT coalesce(max(key), 0) FROM deployment
   WHERE deployment.repository_id = earlier.repository_id AND ended_at <= earlier.at),
  confirmed_by, reason, at,
  CASE WHEN commit_sha IS NOT (
    SELECT commit_sha FROM deployment WHERE deployment.repository_id = earlier.repository_id
      AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.deployment_id = deployment.id)
    ORDER BY key DESC LIMIT 1
  ) THEN (SELECT coalesce(max(key), 0) + 1 FROM deployment WHERE deployment.repository_id = earlier.repository_id) END
FROM earlier_confirmation AS earlier;

DROP TABLE earlier_confirmation;
`;

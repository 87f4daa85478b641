/** What pull requests may remove, as somebody has said of one of their heads. */
export const removalConfirmations = `
CREATE TABLE removal_confirmation (
  repository_id TEXT NOT NULL,
  change INTEGER NOT NULL,
  branch TEXT NOT NULL,
  head TEXT NOT NULL,
  workflows TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, change)
) WITHOUT ROWID;
`;

/** What open pull requests take for themselves. */
export const changeClaims = `
CREATE TABLE change_claims (
  repository_id TEXT NOT NULL,
  change INTEGER NOT NULL,
  repository TEXT NOT NULL,
  head TEXT NOT NULL,
  is_fork INTEGER NOT NULL,
  branch TEXT NOT NULL,
  base TEXT NOT NULL,
  claims TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, change)
) WITHOUT ROWID;
`;

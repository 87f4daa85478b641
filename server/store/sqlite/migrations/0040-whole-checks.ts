/** What checks at hosts have no room for: the latest of each, packed. */
export const wholeChecks = `
CREATE TABLE whole_check (
  key TEXT NOT NULL,
  change INTEGER NOT NULL,
  is_trusted INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (key, change)
);
CREATE INDEX whole_check_by_age ON whole_check (is_trusted, updated_at, size);
`;

/** How runs stood, in pages: replaying the journal goes on from there. One that has no last page is not whole, and is never read. */
export const runSnapshots = `
CREATE TABLE run_snapshot (
  run_key INTEGER NOT NULL REFERENCES run (key),
  seq INTEGER NOT NULL,
  page INTEGER NOT NULL,
  is_last INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run_key, seq, page)
);
`;

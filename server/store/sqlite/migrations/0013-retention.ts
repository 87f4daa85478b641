/**
 * Runs that are forgotten. Such a run first loses its name and its place, in one small write, and is `pruned` until its rows have been
 * deleted part by part: nobody finds half a run.
 */
export const retention = `
-- Keys that have started a run which is forgotten: they start none again.
CREATE TABLE spent_trigger_key (key TEXT PRIMARY KEY) WITHOUT ROWID;

-- One row: when the latest run ended that was forgotten.
CREATE TABLE run_history (begin_at INTEGER);
INSERT INTO run_history VALUES (NULL);

-- The number of the run that has left it, once that run is forgotten.
ALTER TABLE remembered ADD COLUMN run_number INTEGER;

CREATE INDEX run_by_root ON run (cause->>'root') WHERE cause->>'root' IS NOT NULL;
`;

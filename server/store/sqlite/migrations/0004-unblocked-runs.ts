/** Who let a strict workflow go on after a run of it had failed, and when. */
export const unblockedRuns = `
-- A run that failed holds up its workflow where the run strategy is strict, until somebody says that it does not.
ALTER TABLE run ADD COLUMN unblocked_by TEXT;
ALTER TABLE run ADD COLUMN unblocked_at INTEGER;
`;

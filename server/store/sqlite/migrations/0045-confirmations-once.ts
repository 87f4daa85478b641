/** When the branch went on from a commit that somebody had confirmed: should it come back, it is to be confirmed again. */
export const confirmationsOnce = `
ALTER TABLE commit_confirmation ADD COLUMN left_at INTEGER;
`;

/** Branches are followed because `headwater.yaml` declares them. What was registered before follows its own branch alone, as it did. */
export const declaredBranches = `
ALTER TABLE repository ADD COLUMN follows TEXT NOT NULL DEFAULT 'branch';
ALTER TABLE repository ADD COLUMN declared TEXT;
`;

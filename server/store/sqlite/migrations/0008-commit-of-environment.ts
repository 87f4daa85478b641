/**
 * A commit is deployed to an environment, not to each workflow: its row says which one, so that a deployment need not write
 * the workflows that it does not change. `workflow.commit_sha` counts for those with a tombstone, whose environment goes on or is gone.
 */
export const commitOfEnvironment = `
DELETE FROM project WHERE NOT EXISTS (
  SELECT 1 FROM workflow WHERE workflow.project = project.project AND workflow.environment = project.environment
    AND workflow.removed_at IS NULL);
`;

/** Why a failed run was let pass, and what was let pass when: told on the timelines of the runs that it had held up. */
export const reasonsOfUnblocks = `
ALTER TABLE run ADD COLUMN unblocked_reason TEXT;

CREATE INDEX run_by_unblocking ON run (project, environment, workflow, unblocked_at) WHERE unblocked_at IS NOT NULL;
`;

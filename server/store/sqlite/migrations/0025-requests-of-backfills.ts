/** A request for a backfill has a name: of a workflow there is one backfill for each. */
export const requestsOfBackfills = `
ALTER TABLE backfill ADD COLUMN request_id TEXT;
CREATE UNIQUE INDEX backfill_by_request ON backfill (project, environment, workflow, request_id) WHERE request_id IS NOT NULL;
`;

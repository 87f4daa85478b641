/** Where a version is live, and where it was: looked up for each of those that may be thrown away. */
export const placesOfVersions = `
CREATE INDEX workflow_by_version ON workflow (version_id);
CREATE INDEX workflow_history_by_version ON workflow_history (version_id) WHERE version_id IS NOT NULL;
`;

/** Previews of pull requests were the first to run what is not deployed; backfills of branches do so too. */
export const undeployedVersions = `
ALTER TABLE preview_version RENAME TO undeployed_version;
DROP INDEX preview_version_by_version;
CREATE INDEX undeployed_version_by_version ON undeployed_version (version_id);
`;

/** Who may read a repository that a host lets the service see; null until the host is asked the next time. */
export const visibilityOfRepositories = `
ALTER TABLE host_repository ADD COLUMN visibility TEXT;
`;

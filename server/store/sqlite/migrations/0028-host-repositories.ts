/** What hosts let the service see, whether it is followed or not. */
export const hostRepositories = `
CREATE TABLE host_repository (
  host TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  full_name TEXT NOT NULL,
  clone_url TEXT NOT NULL,
  ssh_url TEXT NOT NULL,
  branch TEXT NOT NULL,
  is_archived INTEGER NOT NULL,
  PRIMARY KEY (host, id)
);
`;

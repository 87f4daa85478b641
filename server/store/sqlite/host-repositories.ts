import type { HostRepositories, HostRepositoryRow } from "../host-repositories.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";

/** The part of the store that knows what hosts let us see. */
export function hostRepositoryMethods({ read, write }: Access): HostRepositories {
  return {
    replaceHostRepositories: (host, rows) => write((db) => replaceHostRepositories(db, host, rows)),
    listHostRepositories: (host) => read((db) => listHostRepositories(db, host)),
  };
}

/** In the transaction of the write: nobody sees only a part of them. */
async function replaceHostRepositories(
  connection: Connection,
  host: string,
  rows: readonly HostRepositoryRow[],
): Promise<void> {
  await connection.run("DELETE FROM host_repository WHERE host = ?", [host]);
  await connection.run(
    `INSERT INTO host_repository (host, id, account, full_name, clone_url, ssh_url, branch, is_archived, visibility)
     SELECT ?1, value ->> 'id', value ->> 'account', value ->> 'fullName', value ->> 'cloneUrl', value ->> 'sshUrl',
       value ->> 'branch', value ->> 'isArchived', value ->> 'visibility'
     FROM json_each(?2) WHERE true
     ON CONFLICT (host, id) DO NOTHING`,
    [host, JSON.stringify(rows)],
  );
}

/** By name, whatever the case. */
async function listHostRepositories(
  connection: Connection,
  host: string,
): Promise<readonly HostRepositoryRow[]> {
  const rows = await connection.all<Omit<HostRepositoryRow, "isArchived"> & { readonly isArchived: number }>(
    `SELECT account, id, full_name AS fullName, clone_url AS cloneUrl, ssh_url AS sshUrl, branch,
       is_archived AS isArchived, visibility
     FROM host_repository WHERE host = ? ORDER BY lower(full_name), id`,
    [host],
  );
  return rows.map((row) => ({ ...row, isArchived: row.isArchived === 1 }));
}

import type { ChangeClaimRows, ChangeClaims } from "../change-claims.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** Of a base that is not told. */
const UNTOLD = "";

type ClaimRecord = Omit<ChangeClaims, "claims" | "isFork" | "base"> & {
  readonly base: string;
  readonly claims: JsonText<ChangeClaims["claims"]>;
  readonly isFork: 0 | 1;
};

/** What open pull requests take for themselves. */
export function changeClaimMethods({ read, write }: Access): ChangeClaimRows {
  return {
    saveClaims: (claims) => write((db) => saveClaims(db, claims)),
    saveComparedBase: ({ repositoryId, change, head, base }) =>
      write(async (db) => {
        await db.run(
          "UPDATE change_claims SET base = ? WHERE repository_id = ? AND change = ? AND head = ?",
          [base, repositoryId, change, head],
        );
      }),
    listClaims: () =>
      read(async (db) => {
        const records = await db.all<ClaimRecord>(
          `SELECT repository_id AS repositoryId, change, repository, head, is_fork AS isFork, branch, base, claims,
             updated_at AS updatedAt
           FROM change_claims ORDER BY repository_id, change`,
        );
        return records.map((record) => ({
          ...record,
          isFork: record.isFork === 1,
          base: record.base === UNTOLD ? null : record.base,
          claims: parseColumn(record.claims),
        }));
      }),
    removeClaims: ({ repositoryId, change }) =>
      write(async (db) => {
        await db.run("DELETE FROM change_claims WHERE repository_id = ? AND change = ?", [
          repositoryId,
          change,
        ]);
      }),
  };
}

async function saveClaims(connection: Connection, row: ChangeClaims): Promise<void> {
  const { repositoryId, change, repository, head, isFork, branch, base, claims, updatedAt } = row;
  const place = [repositoryId, change, repository, head, isFork ? 1 : 0, branch, base ?? UNTOLD];
  await connection.run(
    `INSERT OR REPLACE INTO change_claims
       (repository_id, change, repository, head, is_fork, branch, base, claims, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [...place, JSON.stringify(claims), updatedAt],
  );
}

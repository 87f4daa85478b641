import type { ChangeClaimRows, ChangeClaims } from "../change-claims.js";
import type { Access } from "./access.js";
import { parseColumn, type JsonText } from "./json-column.js";

type ClaimRecord = Omit<ChangeClaims, "claims" | "isFork"> & {
  readonly claims: JsonText<ChangeClaims["claims"]>;
  readonly isFork: 0 | 1;
};

/** What open pull requests take for themselves. */
export function changeClaimMethods({ read, write }: Access): ChangeClaimRows {
  return {
    saveClaims: ({ repositoryId, change, repository, head, isFork, branch, base, claims, updatedAt }) =>
      write(async (db) => {
        await db.run(
          `INSERT OR REPLACE INTO change_claims
             (repository_id, change, repository, head, is_fork, branch, base, claims, updated_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            repositoryId,
            change,
            repository,
            head,
            isFork ? 1 : 0,
            branch,
            base,
            JSON.stringify(claims),
            updatedAt,
          ],
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

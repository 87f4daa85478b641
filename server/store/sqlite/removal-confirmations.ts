import type { RemovalConfirmationRow, RemovalConfirmations } from "../removal-confirmations.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

type RemovalRecord = Omit<RemovalConfirmationRow, "workflows"> & {
  readonly workflows: JsonText<RemovalConfirmationRow["workflows"]>;
};

/** What people let pull requests remove. */
export function removalConfirmationMethods({ read, write }: Access): RemovalConfirmations {
  return {
    confirmRemoval: (confirmation) => write((db) => confirmRemoval(db, confirmation)),
    listRemovalConfirmations: (query) => read((db) => listRemovalConfirmations(db, query)),
    endRemovalConfirmation: ({ repositoryId, change }) =>
      write(async (db) => {
        await db.run("DELETE FROM removal_confirmation WHERE repository_id = ? AND change = ?", [
          repositoryId,
          change,
        ]);
      }),
  };
}

async function confirmRemoval(
  connection: Connection,
  { repositoryId, branch, change, head, workflows, by, reason, at }: RemovalConfirmationRow,
): Promise<void> {
  await connection.run(
    `INSERT OR REPLACE INTO removal_confirmation (repository_id, change, branch, head, workflows, confirmed_by, reason, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [repositoryId, change, branch, head, JSON.stringify(workflows), by, reason, at],
  );
}

async function listRemovalConfirmations(
  connection: Connection,
  { repositoryId, branch, since }: Parameters<RemovalConfirmations["listRemovalConfirmations"]>[0],
): Promise<readonly RemovalConfirmationRow[]> {
  const records = await connection.all<RemovalRecord>(
    `SELECT repository_id AS repositoryId, branch, change, head, workflows, confirmed_by AS "by", reason, at
     FROM removal_confirmation WHERE repository_id = ? AND branch = coalesce(?, branch) AND at >= ? ORDER BY at, change`,
    [repositoryId, branch ?? null, since],
  );
  return records.map((record) => ({ ...record, workflows: parseColumn(record.workflows) }));
}

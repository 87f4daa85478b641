import type { WholeCheckRow, WholeCheckRows } from "../whole-checks.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";

/** Of forks, and of all others. */
const CHARACTERS_MAX = 32 * 1024 * 1024;

/** What checks at hosts have no room for. */
export function wholeCheckMethods({ read, write }: Access): WholeCheckRows {
  return {
    saveWholeCheck: (row) => write((db) => saveWholeCheck(db, row)),
    removeWholeCheck: ({ key, change }) =>
      write(async (db) => {
        await db.run("DELETE FROM whole_check WHERE key = ? AND change = ?", [key, change]);
      }),
    findWholeCheck: ({ key, change }) =>
      read(async (db) => {
        const [row] = await db.all<Pick<WholeCheckRow, "content">>(
          "SELECT content FROM whole_check WHERE key = ? AND change = ?",
          [key, change],
        );
        return row?.content ?? null;
      }),
  };
}

async function saveWholeCheck(
  connection: Connection,
  { key, change, isTrusted, content, updatedAt }: WholeCheckRow,
): Promise<void> {
  const trusted = isTrusted ? 1 : 0;
  await connection.run(
    "INSERT OR REPLACE INTO whole_check (key, change, is_trusted, updated_at, size, content) VALUES (?, ?, ?, ?, ?, ?)",
    [key, change, trusted, updatedAt, content.length, content],
  );
  await connection.run(
    `DELETE FROM whole_check WHERE rowid IN (
       SELECT id FROM (
         SELECT rowid AS id, sum(size) OVER (ORDER BY updated_at DESC, rowid DESC) AS total
         FROM whole_check WHERE is_trusted = ?)
       WHERE total > ?)`,
    [trusted, CHARACTERS_MAX],
  );
}

import { existsSync } from "node:fs";
import { StoreError } from "../store-error.js";
import type { Connection } from "./connection.js";
import { passingFailure } from "./sqlite-failure.js";

/**
 * Whether a server had the database open, kept in the header of the file as its `application_id`: `HDWO` while one has, `HDWC`
 * after an orderly end. What is new is in the write-ahead log beside the file then, and SQLite itself takes a file
 * without its log for a whole one.
 */
const [OPEN, CLOSED] = [0x48_44_57_4f, 0x48_44_57_43];

/** Says in the file itself, not in its log, that it is open. @throws SqliteError */
export async function markOpen(connection: Connection, file: string): Promise<void> {
  await mark(connection, { file, as: OPEN });
  await connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Closing the connection after this moves it into the file. @throws SqliteError */
export function markClosed(connection: Connection, file: string): Promise<void> {
  return mark(connection, { file, as: CLOSED });
}

/**
 * Must be asked before a connection is there, which makes an empty log.
 * @throws StoreError database-incomplete when the server that had the file open has left a log that is not there any more
 */
export function assertLogIsThere(file: string): (connection: Connection) => Promise<void> {
  const isThere = existsSync(`${file}-wal`);
  return async (connection) => {
    const [row] = await connection.all<{ readonly application_id: number }>("PRAGMA application_id");
    if (row?.application_id === OPEN && !isThere) throw incompleteDatabase(file);
  };
}

/** A full disk must not keep the service from starting or ending. */
async function mark(
  connection: Connection,
  { file, as }: { readonly file: string; readonly as: number },
): Promise<void> {
  try {
    await connection.exec(`PRAGMA application_id = ${as}`);
  } catch (error) {
    if (passingFailure(error, file) === null) throw error;
  }
}

function incompleteDatabase(file: string): StoreError {
  return new StoreError(
    "database-incomplete",
    `Cannot use database "${file}": "${file}-wal" is missing, which held the latest changes when the service ended. ` +
      `The file was not changed. Put the two back together, or restore a backup; ` +
      `to go on without those changes, make an empty one: touch "${file}-wal"`,
  );
}

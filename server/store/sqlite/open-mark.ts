import { closeSync, existsSync, openSync, readSync } from "node:fs";
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

/** For a copy that is whole by itself. @throws SqliteError also on a full disk: without the mark the copy would be refused */
export function writeClosedMark(connection: Connection): Promise<void> {
  return connection.exec(`PRAGMA application_id = ${CLOSED}`);
}

/** Closing the connection after this moves it into the file. @throws SqliteError */
export function markClosed(connection: Connection, file: string): Promise<void> {
  return mark(connection, { file, as: CLOSED });
}

/**
 * Must be asked before a connection is there: each makes an empty log, which would be taken for the lost one at the next start. An
 * empty one that is there is right: a server that ended before its first write leaves it, or an operator who goes on without.
 * @throws StoreError database-incomplete when the server that had the file open has left a log that is not there any more
 */
export function assertLogIsThere(file: string): void {
  if (readMark(file) === OPEN && !existsSync(`${file}-wal`)) throw incompleteDatabase(file);
}

/** Where SQLite keeps the `application_id`, as a big-endian number. Source: https://www.sqlite.org/fileformat.html#the_database_header */
const MARK_AT = 68;

/** Of the file itself, without its log; null when it is too short for a database. */
function readMark(file: string): number | null {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(file, "r");
  try {
    return readSync(descriptor, bytes, 0, bytes.length, MARK_AT) < bytes.length ? null : bytes.readInt32BE();
  } finally {
    closeSync(descriptor);
  }
}

/** A service that can start or end on a full disk is not to be kept from it by this. */
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
      `The file was not changed. Put the two back together, or restore a backup. ` +
      `To go on without those changes, or with a copy that "sqlite3 .backup" has made, which lacks none, make an empty one: touch "${file}-wal"`,
  );
}

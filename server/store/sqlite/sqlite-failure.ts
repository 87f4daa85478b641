import { existsSync } from "node:fs";
import { explainDiskFailure } from "../../disk-failure.js";
import { StoreError } from "../store-error.js";
import { SqliteError } from "./connection.js";

/** Failures of the machine, beside a full disk, that pass when someone mends a disk or lets go of a lock, and what to do. */
const PASSING: Readonly<Record<string, (file: string) => string>> = {
  SQLITE_IOERR: (file) => `the disk that holds "${file}" fails: look at the system log and its free space`,
  SQLITE_BUSY: (file) => `another program holds "${file}" locked: close it`,
  SQLITE_READONLY: (file) => `"${file}" has become read-only: make it writable`,
  SQLITE_CANTOPEN: (file) => `"${file}" or the files beside it cannot be opened: look at their permissions`,
};

/** Why a write must wait and may be tried again, in words for an operator; null when trying again would not help. */
export function passingFailure(error: unknown, file: string): string | null {
  const reason = explainSqliteFailure(error, file);
  return reason === null ? null : `${reason}; nothing is lost, writes go on by themselves`;
}

/** What is wrong with the disk or the file and what to do, in words for an operator; null for anything else. */
export function explainSqliteFailure(error: unknown, file: string): string | null {
  if (!(error instanceof SqliteError)) return null;
  return explainDiskFailure(error, file) ?? PASSING[error.code]?.(file) ?? null;
}

/** Gives a failure of SQLite the code that callers know; anything else is handed back as it is. */
export function toStoreError(error: unknown, file: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  switch (error.code) {
    case "SQLITE_CORRUPT":
    case "SQLITE_NOTADB":
      return corruptDatabase(file, error);
    case "SQLITE_CANTOPEN":
    case "SQLITE_PERM":
    case "SQLITE_AUTH":
      return new StoreError(
        "database-unreadable",
        `Cannot open database "${file}": ${error.message}; look at the permissions of the file and of its folder`,
        { cause: error },
      );
    case "SQLITE_FULL":
    case "SQLITE_READONLY":
    case "SQLITE_IOERR":
      return unwritableFile(error, file);
    default:
      return error;
  }
}

function unwritableFile(cause: SqliteError, file: string): StoreError {
  const reason = explainSqliteFailure(cause, file) ?? cause.message;
  return new StoreError("data-folder-unwritable", `Cannot write "${file}": ${reason}`, { cause });
}

/** The file is damaged; says what to do with it, and last what SQLite says. */
export function corruptDatabase(file: string, cause: unknown): StoreError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  // Without its log a database that is put back would take up what belongs to another one.
  const together = existsSync(`${file}-wal`) ? ` together with "${file}-wal"` : "";
  return new StoreError(
    "database-corrupt",
    `Cannot use database "${file}": it is damaged, or no database. The file was not changed. Move it aside${together}, then restore ` +
      `a backup, or save what can be read with: sqlite3 headwater.db .recover | sqlite3 recovered.db. ` +
      `Without either, an empty database is made at the next start: versions are rebuilt from Git, the history of runs is gone. ` +
      `SQLite says: ${detail.trim().replaceAll(/\s+/g, " ")}`,
    { cause },
  );
}

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { explainDiskFailure } from "../../disk-failure.js";
import { StoreError } from "../store-error.js";
import { openConnection, SqliteError } from "./connection.js";
import { assertLogIsThere, writeClosedMark } from "./open-mark.js";
import { explainSqliteFailure, toStoreError } from "./sqlite-failure.js";

/**
 * Writes the database of a data folder, as it is at this moment, to a file that is not there yet and that a service can start on. The
 * folder's own service may be up: it neither waits nor is waited for.
 * @throws StoreError backup-unwritable, database-unreadable, database-incomplete, database-corrupt
 */
export async function backUpDatabase(dataFolder: string, target: string): Promise<void> {
  const file = join(dataFolder, "headwater.db");
  if (!existsSync(file)) {
    throw new StoreError(
      "database-unreadable",
      `Cannot back up "${file}": it is not there. Give the data folder`,
    );
  }
  if (existsSync(target)) throw unwritable(target, "it is there already. Give a new name");
  assertLogIsThere(file);
  const unfinished = `${target}.unfinished`;
  try {
    makeEmpty(unfinished);
    await copyDatabase(file, unfinished);
    await completeCopy(unfinished);
    syncToDisk(unfinished);
    renameSync(unfinished, target);
    syncToDisk(dirname(target));
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw refusalOf(cause, { file, target });
  }
}

/** For this user only: what is in it is as private as the data folder. */
function makeEmpty(file: string): void {
  rmSync(file, { force: true });
  closeSync(openSync(file, "wx", 0o600));
}

async function copyDatabase(file: string, to: string): Promise<void> {
  const connection = await openConnection(file, { access: "read" });
  try {
    await connection.run("VACUUM INTO ?", [to]);
  } finally {
    await connection.close();
  }
}

/** The mark of an open database was copied, and there is no log beside this one. */
async function completeCopy(file: string): Promise<void> {
  const connection = await openConnection(file, { access: "write" });
  try {
    await writeClosedMark(connection);
  } finally {
    await connection.close();
  }
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function refusalOf(
  cause: unknown,
  { file, target }: { readonly file: string; readonly target: string },
): unknown {
  const known = toStoreError(cause, file);
  if (known instanceof StoreError && known.code === "database-corrupt") return known;
  const isOfFile = cause instanceof SqliteError || (cause instanceof Error && "code" in cause);
  if (!isOfFile) return cause;
  return unwritable(
    target,
    explainDiskFailure(cause, target) ?? explainSqliteFailure(cause, file) ?? cause.message,
    cause,
  );
}

function unwritable(target: string, detail: string, cause?: unknown): StoreError {
  return new StoreError("backup-unwritable", `Cannot write backup "${target}": ${detail}`, { cause });
}

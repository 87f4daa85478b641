import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError } from "../store-error.js";
import { openConnection, type Connection } from "./connection.js";
import { renewListeners } from "./listener-rows.js";
import { MIGRATIONS } from "./migrations/migrations.js";
import { assertLogIsThere, markOpen } from "./open-mark.js";
import { corruptDatabase } from "./sqlite-failure.js";

/** Above this a full check would delay the start by seconds; damage is then found when it is read. */
const CHECKED_BYTES_MAX = 100 * 1024 * 1024;

/** On macOS `fsync` alone leaves what was written in the cache of the disk; `fullfsync` means nothing elsewhere. */
const WRITER_SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA foreign_keys = ON;
PRAGMA recursive_triggers = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
PRAGMA journal_size_limit = 67108864;
`;

/** Makes the folder, for this user only, and makes sure that it can be written. @throws StoreError data-folder-unwritable */
export function makeDataFolder(dataFolder: string): void {
  try {
    for (const folder of missingFolders(dataFolder)) makeFolder(folder);
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw unwritable(dataFolder, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/**
 * The folders that are not there yet, the outermost first. One after the other: `mkdir` of Node.js with `recursive` never
 * ends where a folder is there but takes no other, such as `/proc`.
 * @throws StoreError data-folder-unwritable when a file is in the way
 */
function missingFolders(dataFolder: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = dataFolder; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  const last = missing[0] === undefined ? dataFolder : dirname(missing[0]);
  if (statSync(last).isDirectory()) return missing;
  throw unwritable(dataFolder, `${last === dataFolder ? "it" : `"${last}"`} is a file. Give a folder`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function unwritable(dataFolder: string, detail: string, cause?: unknown): StoreError {
  return new StoreError("data-folder-unwritable", `Cannot write to data folder "${dataFolder}": ${detail}`, {
    cause,
  });
}

/**
 * Looks at the file through a connection that cannot write, so that a damaged or newer one stays as it is.
 * @throws StoreError database-unreadable, database-corrupt, database-newer, database-incomplete
 */
export async function examineDatabase(file: string): Promise<void> {
  if (!existsSync(file)) return;
  assertUsable(file);
  if (statSync(file).size === 0) return;
  assertLogIsThere(file);
  const connection = await openConnection(file, { access: "read" });
  try {
    const schema = await schemaNumber(connection);
    if (schema > MIGRATIONS.length) throw newerDatabase(file, schema);
    if (statSync(file).size <= CHECKED_BYTES_MAX) await checkPages(connection, file);
  } finally {
    await connection.close();
  }
}

/** The one connection that writes, with every migration applied, and listeners by the rules of this build. */
export async function openWriter(file: string): Promise<Connection> {
  const connection = await openConnection(file, { access: "write" });
  try {
    await connection.exec(WRITER_SETTINGS);
    await migrate(connection);
    await renewListeners(connection);
    await markOpen(connection, file);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** A connection that only reads: in WAL mode it neither waits for the writer nor makes it wait. */
export async function openReader(file: string): Promise<Connection> {
  const connection = await openConnection(file, { access: "read" });
  await connection.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768");
  return connection;
}

function assertUsable(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!statSync(file).isFile()) throw unreadable(file, "it is not a file");
}

function unreadable(file: string, detail: string, cause?: unknown): StoreError {
  return new StoreError("database-unreadable", `Cannot open database "${file}": ${detail}`, { cause });
}

async function migrate(connection: Connection): Promise<void> {
  const done = await schemaNumber(connection);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < done) continue;
    try {
      await connection.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`);
    } catch (error) {
      // SQLite has already rolled back when the disk is full; the first error is the one to tell.
      await connection.exec("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }
}

async function schemaNumber(connection: Connection): Promise<number> {
  const [row] = await connection.all<{ readonly user_version: number }>("PRAGMA user_version");
  return row?.user_version ?? 0;
}

async function checkPages(connection: Connection, file: string): Promise<void> {
  const [row] = await connection.all<{ readonly quick_check: string }>("PRAGMA quick_check(1)");
  if (row?.quick_check !== "ok") throw corruptDatabase(file, row?.quick_check);
}

function newerDatabase(file: string, schema: number): StoreError {
  return new StoreError(
    "database-newer",
    `Cannot use database "${file}": a newer Headwater has written it (schema ${schema}, this one knows ${MIGRATIONS.length}). ` +
      `The file was not changed. Start that version, or restore a backup from before it`,
  );
}

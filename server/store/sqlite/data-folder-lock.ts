import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../store-error.js";
import { SqliteError, openConnection, type Connection } from "./connection.js";

/** Holds a data folder for this process; the operating system lets go of it when the process dies, however it dies. */
export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * A file of its own, locked by SQLite: so the database itself stays open to readers such as a backup.
 * @throws StoreError data-folder-locked, and what opening a database throws
 */
export async function lockDataFolder(dataFolder: string): Promise<DataFolderLock> {
  const connection = await openConnection(join(dataFolder, "lock.db"), { access: "write", busyTimeoutMs: 0 });
  try {
    await connection.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    await connection.close();
    if (error instanceof SqliteError && error.code === "SQLITE_BUSY") throw lockedBy(dataFolder, error);
    throw error;
  }
  return { release: () => release(connection) };
}

async function release(connection: Connection): Promise<void> {
  await connection.exec("ROLLBACK");
  await connection.close();
}

function lockedBy(dataFolder: string, cause: SqliteError): StoreError {
  return new StoreError(
    "data-folder-locked",
    `Cannot use data folder "${dataFolder}": another Headwater${holder(dataFolder)} is using it. Stop it, or give this one a folder of its own`,
    { cause },
  );
}

/** Best effort: the other server writes `server.json` once it listens, which may not be yet. */
function holder(dataFolder: string): string {
  try {
    const found: unknown = JSON.parse(readFileSync(join(dataFolder, "server.json"), "utf8"));
    if (typeof found !== "object" || found === null) return "";
    const parts = [
      ...("pid" in found && typeof found.pid === "number" ? [`process ${found.pid}`] : []),
      ...("url" in found && typeof found.url === "string" ? [found.url] : []),
    ];
    return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  } catch {
    // Absent or half written: then the message names the folder only.
    return "";
  }
}

/** What a store can refuse, each with what a person can do about it in the message. */
export type StoreErrorCode =
  /** Another server holds the data folder. */
  | "data-folder-locked"
  /** The folder cannot be made or written to. */
  | "data-folder-unwritable"
  /** The file of a backup is there already, or cannot be written. */
  | "backup-unwritable"
  /** The database file is not a database, or is damaged. Nothing was changed. */
  | "database-corrupt"
  | "database-incomplete"
  /** A newer Headwater has written the database. Nothing was changed. */
  | "database-newer"
  /** The file is there and cannot be opened: permissions, as a rule. */
  | "database-unreadable"
  /** The first entry does not follow the last one stored: someone else has advanced the run. Nothing was written. */
  | "journal-conflict"
  /** The store has not been started, or is stopping, so the call was not carried out. */
  | "store-stopped";

/** A failure of the store that a caller or an operator can understand. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "StoreError";
    this.code = code;
  }
}

import type { Json } from "@headwater/workflow";

/** Executes SQL on behalf of the `sql` kind; `workers` provides it, so that no database lives in the big process. */
export interface SqlHost {
  /**
   * Resolves when the query has ended. Aborting `stop` interrupts it, which is an answer of kind `failed`.
   * @throws ProcessHostError when the database's process could not be started or was lost
   */
  query(query: SqlQuery, stop: AbortSignal, onStarted: () => void): Promise<SqlAnswer>;
}

export interface SqlQuery {
  /** The project's own folder: holds the database, and relative paths in the query lead from here. */
  readonly dataFolder: string;
  /** Null: the embedded database of the folder. */
  readonly server: DatabaseServer | null;
  /** One or more statements with `;` between them. */
  readonly text: string;
  /** Bound to `$name`, in the statements that use it. */
  readonly params: Readonly<Record<string, Json>>;
  readonly logFile: string;
  readonly maxLogBytes: number;
  /** Values that must not appear in the log or in the answer's message. */
  readonly masks: readonly string[];
}

/** A PostgreSQL server. */
export interface DatabaseServer {
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  /** In place of one in the URL. */
  readonly password: string | null;
  /** What the server's operators see of who is connected. */
  readonly applicationName: string;
}

export type SqlAnswer =
  | {
      readonly kind: "done";
      /** Columns of the last statement's result. */
      readonly columns: readonly string[];
      /** Its first row; null when it has none. */
      readonly firstRow: readonly Json[] | null;
    }
  | { readonly kind: "failed"; readonly message: string }
  /** The database could not be opened: somebody else holds it, or its disk is broken. */
  | { readonly kind: "unavailable"; readonly message: string };

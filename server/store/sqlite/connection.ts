import sqlite3 from "sqlite3";

/** What SQLite can hold; JSON travels as text. */
export type SqlValue = string | number | null;

/** One connection to one file. Statements are prepared once and kept. Calls must be awaited one by one when order matters. */
export interface Connection {
  /** Runs a statement; answers how many rows it changed. @throws SqliteError */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
  /** The rows of a query. `Row` is what the statement selects: the caller, who wrote it, vouches. @throws SqliteError */
  all<Row>(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Several statements without parameters: migrations and pragmas. @throws SqliteError */
  exec(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** What SQLite answered, with its code in words. Source: https://www.sqlite.org/rescode.html */
export class SqliteError extends Error {
  /** `SQLITE_FULL`, `SQLITE_CORRUPT`, … */
  readonly code: string;

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = "SqliteError";
    this.code = "code" in cause && typeof cause.code === "string" ? cause.code : "SQLITE_ERROR";
  }
}

const BUSY_TIMEOUT_MS = 5000;

/** Opens `file`. @throws SqliteError */
export async function openConnection(
  file: string,
  options: { readonly access: "read" | "write"; readonly busyTimeoutMs?: number },
): Promise<Connection> {
  const db = await openDatabase(file, options.access);
  db.configure("busyTimeout", options.busyTimeoutMs ?? BUSY_TIMEOUT_MS);
  const statements = new Map<string, Promise<sqlite3.Statement>>();
  return {
    run: async (sql, params = []) => runStatement(await prepared(sql), params),
    async all<Row>(sql: string, params: readonly SqlValue[] = []) {
      return queryStatement<Row>(await prepared(sql), params);
    },
    exec: (sql) => settle((done) => db.exec(sql, done)),
    async close() {
      for (const statement of await Promise.allSettled(statements.values())) {
        if (statement.status === "fulfilled")
          await settle((done) => statement.value.finalize(() => done(null)));
      }
      statements.clear();
      await settle((done) => db.close(done));
    },
  };

  function prepared(sql: string): Promise<sqlite3.Statement> {
    const kept = statements.get(sql);
    if (kept !== undefined) return kept;
    const statement = prepareStatement(db, sql);
    statements.set(sql, statement);
    statement.catch(() => statements.delete(sql));
    return statement;
  }
}

function openDatabase(file: string, access: "read" | "write"): Promise<sqlite3.Database> {
  const mode = access === "read" ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
  return new Promise((resolve, reject) => {
    const db = new sqlite3.Database(file, mode, (error) =>
      error === null ? resolve(db) : reject(new SqliteError(error)),
    );
  });
}

function prepareStatement(db: sqlite3.Database, sql: string): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement = db.prepare(sql, (error) =>
      error === null ? resolve(statement) : reject(new SqliteError(error)),
    );
  });
}

function runStatement(statement: sqlite3.Statement, params: readonly SqlValue[]): Promise<number> {
  return new Promise((resolve, reject) => {
    statement.run(params, function finished(error) {
      if (error === null) resolve(this.changes);
      else reject(new SqliteError(error));
    });
  });
}

function queryStatement<Row>(
  statement: sqlite3.Statement,
  params: readonly SqlValue[],
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    statement.all<Row>(params, (error, rows) =>
      error === null ? resolve(rows) : reject(new SqliteError(error)),
    );
  });
}

function settle(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(new SqliteError(error))));
  });
}

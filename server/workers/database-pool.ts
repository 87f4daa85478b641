import type { SqlAnswer, SqlHost, SqlQuery } from "../steps/sql-host.js";
import { DatabaseConnection, type DatabaseConnectionOptions } from "./database-connection.js";

export type DatabasePoolOptions = Omit<DatabaseConnectionOptions, "dataFolder">;

interface OpenDatabase {
  readonly connection: DatabaseConnection;
  cancelClose: () => void;
}

/** A database without queries keeps its file locked and its memory for no longer than this. */
const IDLE_MS = 3 * 60_000;

/**
 * One process for each project whose database is in use: started by the first query, replaced when it dies, stopped after
 * some minutes without one.
 */
export class DatabasePool implements SqlHost {
  readonly #options: DatabasePoolOptions;
  readonly #open = new Map<string, OpenDatabase>();
  /** Closing databases still hold their file: the next process waits for them. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(options: DatabasePoolOptions) {
    this.#options = options;
  }

  /** For operators and tests: the processes of the databases. */
  get processIds(): readonly number[] {
    return [...this.#open.values()].flatMap(({ connection }) => connection.processId ?? []);
  }

  async query(query: SqlQuery, stop: AbortSignal, onStarted: () => void): Promise<SqlAnswer> {
    await this.#closing.get(query.dataFolder);
    if (stop.aborted) return { kind: "failed", message: "Interrupted" };
    const database = this.#take(query.dataFolder);
    database.cancelClose();
    try {
      return await database.connection.query(query, stop, onStarted);
    } finally {
      const isOpen = this.#open.get(query.dataFolder) === database;
      if (isOpen && database.connection.load === 0) this.#closeWhenIdle(query.dataFolder, database);
    }
  }

  /** Interrupts what runs and closes every database; idempotent. */
  async stop(): Promise<void> {
    for (const [dataFolder, database] of this.#open) this.#close(dataFolder, database);
    await Promise.all(this.#closing.values());
  }

  #take(dataFolder: string): OpenDatabase {
    const open = this.#open.get(dataFolder);
    if (open?.connection.isAlive === true) return open;
    open?.cancelClose();
    const connection = new DatabaseConnection({ ...this.#options, dataFolder });
    const database = { connection, cancelClose: () => undefined };
    this.#open.set(dataFolder, database);
    return database;
  }

  #closeWhenIdle(dataFolder: string, database: OpenDatabase): void {
    database.cancelClose();
    database.cancelClose = this.#options.clock.after(IDLE_MS, () => {
      if (database.connection.load === 0) this.#close(dataFolder, database);
    });
  }

  #close(dataFolder: string, database: OpenDatabase): void {
    database.cancelClose();
    if (this.#open.get(dataFolder) !== database) return;
    this.#open.delete(dataFolder);
    const closing = database.connection.close().then(() => void this.#closing.delete(dataFolder));
    this.#closing.set(dataFolder, closing);
  }
}

import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { availableParallelism, totalmem } from "node:os";

const FILE = "warehouse.duckdb";
const SHARE_OF_MEMORY = 0.5;
const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** A database could not be opened; the message is for the user. */
export class DatabaseUnavailable extends Error {
  readonly code = "database-unavailable";

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot open ${FILE}: ${explain(reason)}`, { cause });
    this.name = "DatabaseUnavailable";
  }
}

/** The project's database in the current folder: opened at the first query, then shared by all. */
export class Database {
  #opening: Promise<DuckDBInstance> | null = null;

  /** @throws DatabaseUnavailable; the next call tries again */
  async connect(): Promise<DuckDBConnection> {
    this.#opening ??= openInstance();
    try {
      return await (await this.#opening).connect();
    } catch (error) {
      this.#opening = null;
      throw new DatabaseUnavailable(error);
    }
  }

  /** Writes what is in memory to the file. */
  async close(): Promise<void> {
    const instance = await this.#opening?.catch(() => null);
    instance?.closeSync();
  }
}

/** DuckDB by default takes 80 % of the memory for itself; here it has neighbours. What does not fit goes to disk. */
async function openInstance(): Promise<DuckDBInstance> {
  const mebibytes = Math.floor((availableMemory() * SHARE_OF_MEMORY) / BYTES_PER_MEBIBYTE);
  return DuckDBInstance.create(FILE, {
    memory_limit: `${mebibytes}MiB`,
    threads: String(availableParallelism()),
  });
}

/** What the container may use, else what the machine has. */
function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function explain(reason: string): string {
  if (!reason.includes("Could not set lock")) return reason;
  const holder = /held in (.+?) \(PID (\d+)\)/.exec(reason);
  return holder === null
    ? "another process has it open"
    : `another process has it open (${holder[1] ?? ""}, PID ${holder[2] ?? ""})`;
}

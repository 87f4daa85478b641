import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { availableParallelism, totalmem } from "node:os";
import { DatabaseUnavailable, type Engine } from "../../databases/query-host.js";
import type { SqlAnswer, SqlQuery } from "../../sql-host.js";
import { DuckDBExecution } from "./execution.js";

const FILE = "warehouse.duckdb";
const SHARE_OF_MEMORY = 0.5;
const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** The project's database in the current folder: opened at the first query, then shared by all. */
export class Database implements Engine {
  #opening: Promise<DuckDBInstance> | null = null;

  async execute(query: SqlQuery, stop: AbortSignal): Promise<SqlAnswer> {
    return new DuckDBExecution(await this.#connect(), query).run(stop);
  }

  /** Writes what is in memory to the file. */
  async close(): Promise<void> {
    const instance = await this.#opening?.catch(() => null);
    instance?.closeSync();
  }

  /** @throws DatabaseUnavailable; the next call tries again */
  async #connect(): Promise<DuckDBConnection> {
    this.#opening ??= openInstance();
    try {
      return await (await this.#opening).connect();
    } catch (error) {
      this.#opening = null;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DatabaseUnavailable(`Cannot open ${FILE}: ${explain(reason)}`, { cause: error });
    }
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

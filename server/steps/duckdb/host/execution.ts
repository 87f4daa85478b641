import { StatementType, type DuckDBConnection, type DuckDBPreparedStatement } from "@duckdb/node-api";
import type { Json } from "@headwater/workflow";
import { LogWriter } from "../../../logs/log-writer.js";
import type { SqlAnswer, SqlQuery } from "../../sql-host.js";
import { fromJson, toJson } from "./json-value.js";
import { textTable } from "./text-table.js";

const SHOWN_ROWS = 20;
/** Of the row that may become outputs; the channel to the service is no place for more. */
const LARGEST_ROW = 1024 * 1024;
const INTERRUPT_AGAIN_MS = 50;

interface StatementResult {
  readonly columns: readonly string[];
  readonly firstRows: readonly (readonly Json[])[];
  readonly rowCount: number;
  readonly changedRows: number | null;
}

/** What the query cannot be, in words for its author. */
class QueryProblem extends Error {
  readonly code = "query-problem";
}

/** One query on a connection of its own. */
export class Execution {
  readonly #connection: DuckDBConnection;
  readonly #query: SqlQuery;
  readonly #log: LogWriter;
  #interrupting: NodeJS.Timeout | null = null;

  constructor(connection: DuckDBConnection, query: SqlQuery) {
    this.#connection = connection;
    this.#query = query;
    this.#log = new LogWriter({
      file: query.logFile,
      maxBytes: query.maxLogBytes,
      masks: [],
      now: () => Date.now(),
    });
  }

  /** Runs all statements; a failure of one is the answer, and the later ones are not run. */
  async run(): Promise<SqlAnswer> {
    try {
      return await this.#runStatements();
    } catch (error) {
      const message = messageOf(error);
      this.#log.writeLine("err", message);
      return { kind: "failed", message };
    } finally {
      if (this.#interrupting !== null) clearInterval(this.#interrupting);
      this.#log.end();
      this.#connection.closeSync();
    }
  }

  /** DuckDB forgets an interrupt that comes between two statements, so it is repeated until the query has ended. */
  interrupt(): void {
    this.#connection.interrupt();
    this.#interrupting ??= setInterval(() => this.#connection.interrupt(), INTERRUPT_AGAIN_MS);
  }

  async #runStatements(): Promise<SqlAnswer> {
    const statements = await this.#connection.extractStatements(this.#query.text);
    if (statements.count === 0) throw new QueryProblem("The query has no statement");
    let last: StatementResult | null = null;
    for (let index = 0; index < statements.count; index += 1) {
      if (this.#interrupting !== null) throw new QueryProblem("Interrupted");
      const startedAt = performance.now();
      // Prepared one by one: a statement may use the table that the one before it creates.
      const statement = await statements.prepare(index);
      last = await this.#execute(statement);
      this.#describe(last, `statement ${index + 1} of ${statements.count}`, performance.now() - startedAt);
    }
    return { kind: "done", columns: last?.columns ?? [], firstRow: boundedRow(last?.firstRows[0] ?? null) };
  }

  async #execute(statement: DuckDBPreparedStatement): Promise<StatementResult> {
    this.#bindParams(statement);
    const isChange = CHANGES.has(statement.statementType);
    // Streamed: of a result of any size only the first rows are kept.
    const result = await statement.stream();
    const firstRows: (readonly Json[])[] = [];
    let rowCount = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      rowCount += chunk.rowCount;
      if (firstRows.length >= SHOWN_ROWS) continue;
      const missing = SHOWN_ROWS - firstRows.length;
      for (const row of chunk.getRows().slice(0, missing)) firstRows.push(row.map(toJson));
    }
    return {
      columns: result.columnNames(),
      firstRows,
      rowCount,
      changedRows: isChange ? result.rowsChanged : null,
    };
  }

  #bindParams(statement: DuckDBPreparedStatement): void {
    for (let index = 1; index <= statement.parameterCount; index += 1) {
      const name = statement.parameterName(index);
      const value = Object.hasOwn(this.#query.params, name) ? this.#query.params[name] : undefined;
      if (value === undefined) throw new QueryProblem(missingParam(name, Object.keys(this.#query.params)));
      statement.bindValue(index, fromJson(value));
    }
  }

  #describe(result: StatementResult, place: string, durationMs: number): void {
    const seconds = `${(durationMs / 1000).toFixed(3)} s`;
    if (result.changedRows !== null) {
      return this.#log.writeLine("sys", `${place}: ${rows(result.changedRows)} changed in ${seconds}`);
    }
    if (result.columns.length > 0 && result.rowCount > 0) {
      for (const line of textTable(result.columns, result.firstRows)) this.#log.writeLine("out", line);
      if (result.rowCount > SHOWN_ROWS)
        this.#log.writeLine("out", `… ${rows(result.rowCount - SHOWN_ROWS)} more`);
    }
    this.#log.writeLine("sys", `${place}: ${rows(result.rowCount)} in ${seconds}`);
  }
}

const CHANGES: ReadonlySet<StatementType> = new Set([
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.COPY,
]);

/** DuckDB's own words, without those of its binding. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(
    /^Failed to extract statements: /,
    "",
  );
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

function missingParam(name: string, known: readonly string[]): string {
  if (/^\d+$/.test(name))
    return `Cannot bind parameter ${name}: params are bound by name, write $name instead of ?`;
  const list =
    known.length === 0 ? "there are none" : `there are ${known.map((each) => `"${each}"`).join(", ")}`;
  return `Cannot bind $${name}: params has no "${name}"; ${list}`;
}

function boundedRow(row: readonly Json[] | null): readonly Json[] | null {
  const size = JSON.stringify(row).length;
  if (size <= LARGEST_ROW) return row;
  throw new QueryProblem(
    `Cannot use the first row as outputs: it is ${size} bytes, limit is ${LARGEST_ROW} bytes`,
  );
}

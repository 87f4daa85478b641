import { StatementType, type DuckDBConnection, type DuckDBPreparedStatement } from "@duckdb/node-api";
import type { Json } from "@headwater/workflow";
import { LogWriter } from "../../../logs/log-writer.js";
import { missingParam, QueryProblem } from "../../databases/query-problem.js";
import {
  answerOf,
  describeResult,
  SHOWN_ROWS,
  type StatementResult,
} from "../../databases/statement-result.js";
import type { SqlAnswer, SqlQuery } from "../../sql-host.js";
import { fromJson, toJson } from "./json-value.js";

const INTERRUPT_AGAIN_MS = 50;

/** One query on a connection of its own. */
export class DuckDBExecution {
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
      masks: this.#query.masks,
      now: () => Date.now(),
    });
  }

  async run(stop: AbortSignal): Promise<SqlAnswer> {
    const interrupt = (): void => this.#interrupt();
    if (stop.aborted) interrupt();
    stop.addEventListener("abort", interrupt, { once: true });
    try {
      return await this.#runStatements();
    } catch (error) {
      const message = messageOf(error);
      this.#log.writeLine("err", message);
      return { kind: "failed", message };
    } finally {
      stop.removeEventListener("abort", interrupt);
      if (this.#interrupting !== null) clearInterval(this.#interrupting);
      this.#log.end();
      this.#connection.closeSync();
    }
  }

  /** DuckDB forgets an interrupt that comes between two statements, so it is repeated until the query has ended. */
  #interrupt(): void {
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
      const place = `statement ${index + 1} of ${statements.count}`;
      describeResult(this.#log, last, { place, durationMs: performance.now() - startedAt });
    }
    return answerOf(last);
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
      if (value === undefined) throw missingParam(name, Object.keys(this.#query.params));
      statement.bindValue(index, fromJson(value));
    }
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

import { Query, type Client, type QueryResult } from "pg";
import type { Json } from "@headwater/workflow";
import type { LogWriter } from "../../../logs/log-writer.js";
import { QueryProblem } from "../../databases/query-problem.js";
import {
  answerOf,
  describeResult,
  SHOWN_ROWS,
  type StatementResult,
} from "../../databases/statement-result.js";
import type { SqlAnswer, SqlQuery } from "../../sql-host.js";
import { cancelQuery, type ServerProcess } from "./cancel-query.js";
import { toJson } from "./json-value.js";
import type { ServerAddress } from "./server-address.js";
import { bindStatement, splitStatements, type BoundStatement } from "./statements.js";

/** Of one answer of the server: a result of any size is read piece by piece. */
const ROWS_AT_ONCE = 1000;
const CANCEL_AGAIN_MS = 500;
/** A server that cannot be reached hears no cancel. */
const GIVE_UP_AFTER_MS = 3000;
const CHANGES: ReadonlySet<string> = new Set(["INSERT", "UPDATE", "DELETE", "MERGE", "COPY"]);

/** What an execution is about. */
export interface Asked {
  readonly query: SqlQuery;
  readonly address: ServerAddress;
  /** Ended by whoever has opened it. */
  readonly log: LogWriter;
}

/** One query on a connection of its own, which is closed after it: what it has not committed is rolled back. */
export class PostgresExecution {
  readonly #client: Client;
  readonly #asked: Asked;
  readonly #process: ServerProcess;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(client: Client, asked: Asked) {
    this.#client = client;
    this.#asked = asked;
    this.#process = { processId: numberOf(client, "processID"), secretKey: numberOf(client, "secretKey") };
    client.on("notice", ({ severity, message }) => {
      asked.log.writeLine("err", `${severity ?? "NOTICE"}: ${message ?? ""}`);
    });
  }

  /** @throws what the server or the network said */
  async run(stop: AbortSignal): Promise<SqlAnswer> {
    const interrupt = (): void => this.#interrupt();
    if (stop.aborted) interrupt();
    stop.addEventListener("abort", interrupt, { once: true });
    try {
      return await this.#runStatements(stop);
    } finally {
      stop.removeEventListener("abort", interrupt);
      for (const timer of this.#timers) clearTimeout(timer);
      await this.#client.end().catch(() => undefined);
    }
  }

  /** The server forgets a cancel that comes between two statements, so it is repeated until the query has ended. */
  #interrupt(): void {
    const cancel = (): void => cancelQuery(this.#asked.address, this.#process);
    cancel();
    this.#timers = [
      setInterval(cancel, CANCEL_AGAIN_MS),
      setTimeout(() => this.#client.connection.stream.destroy(), GIVE_UP_AFTER_MS),
    ];
  }

  async #runStatements(stop: AbortSignal): Promise<SqlAnswer> {
    const { query, log } = this.#asked;
    const { text, params } = query;
    const statements = splitStatements(text);
    if (statements.length === 0) throw new QueryProblem("The query has no statement");
    let last: StatementResult | null = null;
    for (const [index, statement] of statements.entries()) {
      if (stop.aborted) throw new QueryProblem("Interrupted");
      const startedAt = performance.now();
      last = await this.#execute(bindStatement(statement, params));
      const place = `statement ${index + 1} of ${statements.length}`;
      describeResult(log, last, { place, durationMs: performance.now() - startedAt });
    }
    return answerOf(last);
  }

  /** All rows are read, because a function that a `select` calls may do something at each; only the first are kept. */
  #execute({ text, values }: BoundStatement): Promise<StatementResult> {
    const config = { text, values: [...values], rowMode: "array" as const, rows: ROWS_AT_ONCE };
    const query = new Query(config);
    const firstRows: (readonly (string | null)[])[] = [];
    let rowCount = 0;
    query.on("row", (row: readonly (string | null)[]) => {
      rowCount += 1;
      if (firstRows.length < SHOWN_ROWS) firstRows.push(row);
    });
    return new Promise((resolve, reject) => {
      query.on("error", reject);
      query.on("end", (result) => resolve(resultOf(result, { firstRows, rowCount })));
      this.#client.query(query);
    });
  }
}

interface ReadRows {
  readonly firstRows: readonly (readonly (string | null)[])[];
  readonly rowCount: number;
}

function resultOf(
  { fields, command, rowCount: affected }: QueryResult,
  { firstRows, rowCount }: ReadRows,
): StatementResult {
  const isChange = CHANGES.has(command);
  const read = (row: readonly (string | null)[]): readonly Json[] =>
    fields.map(({ dataTypeID }, index) => toJson(row[index] ?? null, dataTypeID));
  return {
    columns: fields.map(({ name }) => name),
    firstRows: firstRows.map(read),
    rowCount,
    changedRows: isChange ? Math.max(rowCount, affected ?? 0) : null,
  };
}

/** The library keeps what a cancel must name, and says nothing of it in its types. */
function numberOf(client: Client, name: "processID" | "secretKey"): number {
  const value: unknown = Reflect.get(client, name);
  return typeof value === "number" ? value : 0;
}

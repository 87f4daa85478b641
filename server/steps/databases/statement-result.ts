import type { Json } from "@headwater/workflow";
import type { LogWriter } from "../../logs/log-writer.js";
import type { SqlAnswer } from "../sql-host.js";
import { QueryProblem } from "./query-problem.js";
import { textTable } from "./text-table.js";

/** Rows of a result that are kept, and shown in the log; the others are only counted. */
export const SHOWN_ROWS = 20;
/** Of the row that may become outputs; the channel to the service is no place for more. */
const LARGEST_ROW = 1024 * 1024;

/** What a statement gave. */
export interface StatementResult {
  readonly columns: readonly string[];
  /** At most `SHOWN_ROWS`. */
  readonly firstRows: readonly (readonly Json[])[];
  readonly rowCount: number;
  /** Null for what changes no rows. */
  readonly changedRows: number | null;
}

/** Writes into the log what a statement gave: its first rows, how many there are, how long it took. */
export function describeResult(
  log: LogWriter,
  result: StatementResult,
  { place, durationMs }: { readonly place: string; readonly durationMs: number },
): void {
  const seconds = `${(durationMs / 1000).toFixed(3)} s`;
  if (result.columns.length > 0 && result.rowCount > 0) {
    for (const line of textTable(result.columns, result.firstRows)) log.writeLine("out", line);
    if (result.rowCount > SHOWN_ROWS) log.writeLine("out", `… ${rows(result.rowCount - SHOWN_ROWS)} more`);
  }
  const what = result.changedRows === null ? rows(result.rowCount) : `${rows(result.changedRows)} changed`;
  log.writeLine("sys", `${place}: ${what} in ${seconds}`);
}

/** The answer of a query whose last statement gave this. @throws QueryProblem when its first row is too large for outputs */
export function answerOf(last: StatementResult | null): SqlAnswer {
  return { kind: "done", columns: last?.columns ?? [], firstRow: boundedRow(last?.firstRows[0] ?? null) };
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

function boundedRow(row: readonly Json[] | null): readonly Json[] | null {
  const size = JSON.stringify(row).length;
  if (size <= LARGEST_ROW) return row;
  throw new QueryProblem(
    `Cannot use the first row as outputs: it is ${size} bytes, limit is ${LARGEST_ROW} bytes`,
  );
}

import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import { checkValue, type Json } from "@headwater/workflow";
import { mkdir } from "node:fs/promises";
import { ProcessHostError } from "./process-host.js";
import { errorResult, finalResult, platformResult } from "./results.js";
import type { SqlAnswer, SqlHost } from "./sql-host.js";
import type { StepKind } from "./step-context.js";

export type SqlRequest = Extract<AttemptRequest, { readonly kind: "sql" }>;

export interface SqlKindOptions {
  readonly host: SqlHost;
  readonly maxLogBytes: number;
}

const EMBEDDED = "duckdb";

/** `sql`: statements on the project's embedded DuckDB; the first row of the last one holds the outputs. */
export function createSqlKind({ host, maxLogBytes }: SqlKindOptions): StepKind<SqlRequest> {
  return async ({ request, dataFolder, logFile }, stop, onStarted) => {
    if (request.connection !== EMBEDDED) {
      return finalResult(
        `Cannot connect to "${request.connection}": the service has no such connection, only "${EMBEDDED}"`,
      );
    }
    await mkdir(dataFolder, { recursive: true });
    const query = { dataFolder, text: request.query, params: request.params, logFile, maxLogBytes };
    try {
      return resultOf(await host.query(query, stop, onStarted), request.outputs);
    } catch (error) {
      if (error instanceof ProcessHostError) return platformResult(error.message);
      throw error;
    }
  };
}

function resultOf(answer: SqlAnswer, declared: SqlRequest["outputs"]): AttemptResult {
  switch (answer.kind) {
    case "failed":
      return errorResult(answer.message);
    case "unavailable":
      return platformResult(answer.message);
    case "done":
      return outputsOf(answer, declared);
  }
}

type Done = Extract<SqlAnswer, { readonly kind: "done" }>;

function outputsOf({ columns, firstRow }: Done, declared: SqlRequest["outputs"]): AttemptResult {
  const outputs: Record<string, Json> = {};
  const problems: string[] = [];
  if (firstRow === null && Object.keys(declared).length > 0) {
    return errorResult("Cannot read the outputs: the last statement returned no row");
  }
  for (const [name, type] of Object.entries(declared)) {
    const index = columnIndex(columns, name);
    if (index < 0) {
      const known = columns.map((column) => `"${column}"`).join(", ");
      problems.push(`the last statement has no column "${name}", it has ${known}`);
      continue;
    }
    const value = firstRow?.[index] ?? null;
    const problem = checkValue(value, type);
    if (problem === null) outputs[name] = value;
    else problems.push(`output "${name}" ${problem}`);
  }
  if (problems.length > 0) return errorResult(`Cannot read the outputs: ${problems.join("; ")}`);
  return { status: "succeeded", outputs };
}

/** SQL does not tell upper case from lower. */
function columnIndex(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name);
  return exact >= 0 ? exact : columns.findIndex((column) => column.toLowerCase() === name);
}

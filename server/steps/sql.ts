import type { AttemptRequest, AttemptResult, TextOrSecret } from "@headwater/engine";
import { checkValue, type Json } from "@headwater/workflow";
import { mkdir } from "node:fs/promises";
import { resolveTexts, type ResolvedTexts } from "../secrets/resolve-texts.js";
import type { Secrets } from "../secrets/secrets.js";
import { noteUnmasked } from "./note-unmasked.js";
import { ProcessHostError } from "./process-host.js";
import { errorResult, missingSecrets, platformResult } from "./results.js";
import type { SqlAnswer, SqlHost } from "./sql-host.js";
import type { StepKind } from "./step-context.js";

export type SqlRequest = Extract<AttemptRequest, { readonly kind: "sql" }>;

export interface SqlKindOptions {
  /** The embedded database. */
  readonly duckdb: SqlHost;
  readonly postgres: SqlHost;
  readonly secrets: Secrets;
  readonly maxLogBytes: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** `sql`: statements on the project's embedded DuckDB or on a server; the first row of the last one holds the outputs. */
export function createSqlKind(options: SqlKindOptions): StepKind<SqlRequest> {
  const { duckdb, postgres, secrets, maxLogBytes, now } = options;
  return async ({ request, runId, dataFolder, logFile, secretScope: scope }, stop, onStarted) => {
    await mkdir(dataFolder, { recursive: true });
    const { server, query: text, params, outputs } = request;
    const found = await resolveTexts(server === null ? {} : withoutNull(server), {
      provider: secrets,
      scope,
    });
    if (!found.ok) return missingSecrets(found.missing);
    await noteUnmasked(logFile, now(), found.secrets);
    const { url, password = null } = found.texts;
    const query = { dataFolder, text, params, logFile, maxLogBytes, masks: secretsIn(found) };
    const asked = url === undefined ? null : { url, password, applicationName: `headwater ${runId}` };
    try {
      const host = asked === null ? duckdb : postgres;
      return resultOf(await host.query({ ...query, server: asked }, stop, onStarted), outputs);
    } catch (error) {
      if (error instanceof ProcessHostError) return platformResult(error.message);
      throw error;
    }
  };
}

function withoutNull({
  url,
  password,
}: NonNullable<SqlRequest["server"]>): Readonly<Record<string, TextOrSecret>> {
  return { url, ...(password === null ? {} : { password }) };
}

/** A URL that is a secret holds another one: what stands in it as the password. */
function secretsIn({ secrets, texts }: Extract<ResolvedTexts, { readonly ok: true }>): readonly string[] {
  const { url = "" } = texts;
  const written = URL.canParse(url) ? new URL(url).password : "";
  return [...secrets.values(), written, decodedOr(written)];
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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

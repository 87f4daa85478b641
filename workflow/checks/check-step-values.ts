import { compileValue } from "../compile/compile-value.js";
import type { Report } from "../diagnostics/report.js";
import { constantValue } from "../expressions/constant-value.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { parseDuration } from "../types/duration.js";
import { parseTimestamp } from "../types/instant.js";
import type { Json } from "../types/json.js";
import { checkRequest } from "./check-request.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Values of a body that a schema alone does not tell: how long to sleep, what is asked of a server. */
export function checkStepValues(
  fields: Pick<StepFields, "run" | "env" | "sql" | "sleep" | "http" | "outputs">,
  report: Report,
): void {
  const { run, sql, sleep } = fields;
  if (run?.value.trim() === "") {
    report({ code: "invalid-value", message: "The script is empty: it would do nothing", range: run.range });
  }
  checkNulls(fields, report);
  const query = sql?.value.query;
  if (query !== undefined && query.value.replaceAll(SQL_COMMENT, "").trim() === "") {
    report({ code: "invalid-value", message: "The query is empty: it would do nothing", range: query.range });
  }
  if (sleep !== undefined) checkSleep(sleep.node, report);
  checkRequest(fields, report);
}

/** A text that is given to a program ends where such a character stands. Without an escape it is no YAML, which is told there. */
function checkNulls({ run, env }: Pick<StepFields, "run" | "env">, report: Report): void {
  const given = [
    ...(run === undefined ? [] : [{ what: "A script", node: run.node }]),
    ...itemsOf(env).map(({ value }) => ({ what: "A variable", node: value.node })),
  ];
  for (const { what, node } of given) {
    if (node.kind !== "scalar" || node.style !== "double" || !node.text.includes("\0")) continue;
    const message = `${what} cannot hold the character U+0000: no program can be given one`;
    report({ code: "invalid-value", message, range: node.range });
  }
}

const SQL_COMMENT = /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g;

/** An expression that gives the same in every run gives something to wait for. */
export function checkComputedSleep(
  { sleep }: Pick<StepFields, "sleep">,
  { library, report }: Pick<WorkflowCheck, "library" | "report">,
): void {
  const node = sleep === undefined ? undefined : (untilOf(sleep.node) ?? sleep.node);
  if (node?.kind !== "scalar" || !node.text.includes("${{")) return;
  const given = constantValue(compileValue(node), library);
  if (given === undefined || isWait(given)) return;
  const message = `A sleep takes a duration such as 10m or a timestamp: this gives ${JSON.stringify(given)}, and fails in every run`;
  report({ code: "invalid-value", message, range: node.range });
}

function isWait(value: Json): boolean {
  return typeof value === "string" && (parseTimestamp(value) ?? parseDuration(value)) !== null;
}

function untilOf(node: SyntaxNode): SyntaxNode | undefined {
  return node.kind === "map" ? node.entries.find(({ key }) => key === "until")?.value : undefined;
}

function checkSleep(node: SyntaxNode, report: Report): void {
  const until = untilOf(node);
  const written = until ?? node;
  if (written.kind !== "scalar" || written.text.includes("${{") || parseTimestamp(written.text) !== null)
    return;
  if (until === undefined && parseDuration(written.text) !== null) return;
  const form =
    until === undefined
      ? "a duration such as 10m, or a timestamp"
      : "a timestamp such as 2026-01-31T06:00:00Z";
  report({
    code: "invalid-value",
    message: `"${written.text.slice(0, 80)}" is not ${form}`,
    range: written.range,
  });
}

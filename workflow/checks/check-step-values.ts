import type { Report } from "../diagnostics/report.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { parseDuration } from "../types/duration.js";
import { parseTimestamp } from "../types/instant.js";
import { checkRequest } from "./check-request.js";

/** Values of a body that a schema alone does not tell: how long to sleep, what is asked of a server. */
export function checkStepValues(
  fields: Pick<StepFields, "run" | "sql" | "sleep" | "http" | "outputs">,
  report: Report,
): void {
  const { run, sql, sleep } = fields;
  if (run?.value.trim() === "") {
    report({ code: "invalid-value", message: "The script is empty: it would do nothing", range: run.range });
  }
  const query = sql?.value.query;
  if (query !== undefined && query.value.replaceAll(SQL_COMMENT, "").trim() === "") {
    report({ code: "invalid-value", message: "The query is empty: it would do nothing", range: query.range });
  }
  if (sleep !== undefined) checkSleep(sleep.node, report);
  checkRequest(fields, report);
}

const SQL_COMMENT = /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g;

function checkSleep(node: SyntaxNode, report: Report): void {
  const until = node.kind === "map" ? node.entries.find(({ key }) => key === "until")?.value : undefined;
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

import type { Report } from "../diagnostics/report.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { parseDuration } from "../types/duration.js";
import { parseTimestamp } from "../types/instant.js";

/** A server that somebody else runs is not asked more often: the least `every` of a poll, milliseconds. */
export const POLL_EVERY_MS_MIN = 1000;

/** Values of a body that a schema alone does not tell: how long to sleep, where to send a request and how often. */
export function checkStepValues(
  fields: Pick<StepFields, "run" | "sql" | "sleep" | "http">,
  report: Report,
): void {
  const { run, sql } = fields;
  if (run?.value.trim() === "") {
    report({ code: "invalid-value", message: "The script is empty: it would do nothing", range: run.range });
  }
  const query = sql?.value.query;
  if (query !== undefined && query.value.replaceAll(SQL_COMMENT, "").trim() === "") {
    report({ code: "invalid-value", message: "The query is empty: it would do nothing", range: query.range });
  }
  checkTimes(fields, report);
}

const SQL_COMMENT = /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g;

function checkTimes({ sleep, http }: Pick<StepFields, "sleep" | "http">, report: Report): void {
  if (sleep !== undefined) checkSleep(sleep.node, report);
  const url = http?.value.url;
  if (url !== undefined && !/^(https?:\/\/|\$\{\{)/i.test(url.value)) {
    report({ code: "invalid-value", message: `A URL begins with http:// or https://`, range: url.range });
  }
  const every = http?.value.poll?.value.every;
  if (every !== undefined && every.value < POLL_EVERY_MS_MIN) {
    const message = `A server is asked once a second at most: write 1s or more`;
    report({ code: "invalid-value", message, range: every.range });
  }
}

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

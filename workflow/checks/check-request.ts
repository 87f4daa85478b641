import type { Report } from "../diagnostics/report.js";
import { splitTemplate } from "../expressions/split-template.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { headerNameProblem, headerValueProblem } from "../types/http-header.js";
import { formatValueType } from "../types/value-type.js";
import { addressProblem } from "./http-address.js";

/** A server that somebody else runs is not asked more often: the least `every` of a poll, milliseconds. */
export const POLL_EVERY_MS_MIN = 1000;

type Request = NonNullable<StepFields["http"]>["value"];

/** What of a request can be told to fail before it is sent: where it goes, its headers, and what it is said to give. */
export function checkRequest({ http, outputs }: Pick<StepFields, "http" | "outputs">, report: Report): void {
  if (http === undefined) return;
  const { url, poll } = http.value;
  const problem = url === undefined || url.value.startsWith("${{") ? null : addressProblem(url.value);
  if (url !== undefined && problem !== null) {
    report({ code: "invalid-value", message: problem, range: url.range });
  }
  const every = poll?.value.every;
  if (every !== undefined && every.value < POLL_EVERY_MS_MIN) {
    const message = `A server is asked once a second at most: write 1s or more`;
    report({ code: "invalid-value", message, range: every.range });
  }
  checkHeaders(http.value, report);
  checkStatusType(outputs, report);
}

function checkHeaders({ headers }: Request, report: Report): void {
  const seen = new Map<string, string>();
  for (const { key, keyRange, value } of itemsOf(headers)) {
    const earlier = seen.get(key.toLowerCase());
    seen.set(key.toLowerCase(), key);
    const problem =
      earlier === undefined
        ? headerNameProblem(key)
        : `"${key}" and "${earlier}" are one header, whose case does not count: leave one of them out`;
    if (problem !== null) report({ code: "invalid-value", message: problem, range: keyRange });
    if (value.node.kind !== "scalar") continue;
    const texts = splitTemplate(value.node.text).parts.flatMap((part) =>
      part.kind === "text" ? part.text : [],
    );
    const told = headerValueProblem(texts.join(""));
    if (told !== null) report({ code: "invalid-value", message: told, range: value.node.range });
  }
}

const TYPES_OF_STATUS: ReadonlySet<string> = new Set(["int", "double", "json"]);

/** The status is a number in every answer; of what types the body is nobody knows. */
function checkStatusType(outputs: StepFields["outputs"], report: Report): void {
  for (const { key, value } of itemsOf(outputs)) {
    if (key !== "status" || TYPES_OF_STATUS.has(value.value.name)) continue;
    const message = `The output "status" of a request is its status, an int: it never fits ${formatValueType(value.value)}`;
    report({ code: "wrong-type", message, range: value.range });
  }
}

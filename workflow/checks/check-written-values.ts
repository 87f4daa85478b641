import { writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import { itemsOf } from "../schema/field-value.js";
import { holdsInexactNumber } from "../schema/inexact-number.js";
import type { StepFields } from "../schema/step-schema.js";

/** What a program or a server gets as text is the text that the author wrote: `3.10` without quotes is the number 3.1. */
export function checkWrittenValues({ env, http }: Pick<StepFields, "env" | "http">, report: Report): void {
  for (const { value } of [...itemsOf(env), ...itemsOf(http?.value.headers)]) {
    const { node } = value;
    if (node.kind !== "scalar" || node.style !== "plain") continue;
    if (typeof node.value !== "number" && typeof node.value !== "boolean") continue;
    const read = String(node.value);
    if (read === node.text || holdsInexactNumber(node)) continue;
    const kind = typeof node.value === "number" ? "number" : "truth value";
    const message = `"${node.text.slice(0, 80)}" is read as the ${kind} ${read}, and that is the text that is given: quote it to give what is written`;
    report({
      code: "unquoted-value",
      message,
      range: node.range,
      ...writeInstead(`"${node.text}"`, node.range),
    });
  }
}

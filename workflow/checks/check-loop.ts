import { suggestion } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";

/** A while changes only variables that it has. */
export function checkLoop({ fields }: StepNode, report: Report): void {
  if (fields.next === undefined) return;
  const names = itemsOf(fields.vars).map(({ key }) => key);
  for (const { key, keyRange } of fields.next.value) {
    if (names.includes(key)) continue;
    const near = suggestion(key, names);
    const message = `The loop has no variable "${key}"${near.text === "" ? `: give it its first value in "vars"` : near.text}`;
    report({ code: "unknown-variable", message, range: keyRange, data: near.data });
  }
}

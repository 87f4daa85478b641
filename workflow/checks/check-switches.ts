import type { Field } from "../schema/record.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Keys that compile and would say nothing: no steps, nobody who may approve, a limit of what has none. */
export function checkSwitches({ fields, steps, report }: WorkflowCheck): void {
  const strategy = fields.run_strategy?.value;
  if (typeof strategy === "object") {
    const { rule, limit } = strategy;
    if (limit !== undefined && rule !== undefined && rule.value !== "parallel") {
      const message = `"limit" belongs to the rule "parallel"; this one is "${rule.value}"`;
      report({ code: "misplaced-key", message, range: limit.keyRange });
    }
  }
  reportEmpty(fields.steps, "A workflow has at least one step", report);
  for (const step of steps) {
    reportEmpty(step.fields.steps, "A loop has at least one step", report);
    const approvers = step.fields.approval?.value.approvers;
    reportEmpty(approvers, "An approval has at least one approver: nobody could answer", report);
  }
}

/** Items that could not be read have been told of. */
function reportEmpty(
  field: Field<readonly unknown[]> | undefined,
  message: string,
  report: WorkflowCheck["report"],
): void {
  const { node } = field ?? {};
  const size = node?.kind === "map" ? node.entries.length : node?.kind === "list" ? node.items.length : 1;
  if (field !== undefined && size === 0) {
    report({ code: "invalid-value", message, range: field.range });
  }
}

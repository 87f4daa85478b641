import type { Report } from "../diagnostics/report.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { checkMatch } from "./check-match.js";

/** What a step waits for is described by conditions that there are. */
export function checkGates({ wait_for: gates }: Pick<StepFields, "wait_for">, report: Report): void {
  for (const { value } of itemsOf(gates)) checkMatch(value.match, report);
}

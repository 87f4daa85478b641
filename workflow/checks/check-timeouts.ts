import type { StepNode } from "../model/step-tree.js";
import type { Field } from "../schema/record.js";
import { formatDuration } from "../types/duration.js";
import { checkDefaultRetry, checkRetry, type Around } from "./check-retry.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A step's timeout and its retries have room in what is around it: the run, or a loop with a timeout of its own. */
export function checkTimeouts(check: WorkflowCheck): void {
  for (const step of check.steps) {
    const { timeout, retry } = step.fields;
    if (timeout === undefined && retry === undefined) continue;
    const around = timeoutAround(step, check);
    if (around === null) continue;
    if (timeout !== undefined) checkTimeout(timeout, around, check);
    if (retry !== undefined) checkRetry({ ...step.fields, retry }, around, check);
  }
  checkDefaultRetry(check);
}

/** The nearest that ends sooner than all others. */
function timeoutAround(step: StepNode, { fields }: WorkflowCheck): Around | null {
  let found: Around | null =
    fields.timeout === undefined ? null : { what: "the run", ms: fields.timeout.value };
  for (let at = step.level.parent; at !== null; at = at.level.parent) {
    const ms = at.fields.timeout?.value;
    if (ms !== undefined && (found === null || ms < found.ms)) found = { what: `"${at.id}" around it`, ms };
  }
  return found;
}

function checkTimeout(timeout: Field<number>, { what, ms }: Around, { report }: WorkflowCheck): void {
  if (timeout.value <= ms) return;
  const message = `The step's timeout of ${formatDuration(timeout.value)} is never reached: ${what} ends after ${formatDuration(ms)}`;
  report({ code: "timeout-too-long", message, range: timeout.range });
}

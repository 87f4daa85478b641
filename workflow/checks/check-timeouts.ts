import type { StepNode } from "../model/step-tree.js";
import type { Field } from "../schema/record.js";
import type { StepFields } from "../schema/step-schema.js";
import { formatDuration } from "../types/duration.js";
import { compileRetry } from "../compile/step-common.js";
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
}

interface Around {
  /** "the run", "the loop "pages"". */
  readonly what: string;
  readonly ms: number;
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

function checkRetry(
  { retry }: StepFields & { readonly retry: NonNullable<StepFields["retry"]> },
  { what, ms }: Around,
  { defaults, report }: WorkflowCheck,
): void {
  const { errors } = retry.value;
  if (errors === undefined || errors.value === 0) return;
  const policy = compileRetry(retry, defaults.retry);
  const waitsMs = waitsOf(policy);
  if (waitsMs < ms) return;
  const message = `${errors.value} retries wait ${formatDuration(waitsMs)} in all, and ${what} ends after ${formatDuration(ms)}: not all of them can happen`;
  report({ code: "retry-too-long", message, range: errors.range });
}

/** All waits before the retries of errors; once the wait has reached its limit they are equal. */
function waitsOf({ errors, delayMs, backoff, maxDelayMs }: ReturnType<typeof compileRetry>): number {
  let total = 0;
  let wait = Math.min(delayMs, maxDelayMs);
  for (let retry = 0; retry < errors; retry += 1) {
    if (backoff === "fixed" || wait >= maxDelayMs || wait === 0) return total + wait * (errors - retry);
    total += wait;
    wait = Math.min(wait * 2, maxDelayMs);
  }
  return total;
}

import type { TextRange } from "../diagnostics/diagnostic.js";
import type { StepNode } from "../model/step-tree.js";
import type { Field } from "../schema/record.js";
import type { StepFields } from "../schema/step-schema.js";
import { itemsOf } from "../schema/field-value.js";
import { formatDuration, parseDuration } from "../types/duration.js";
import { checkDefaultRetry, checkRetry, type Around } from "./check-retry.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A step's timeout and its retries have room in what is around it: the run, or a loop with a timeout of its own. */
export function checkTimeouts(check: WorkflowCheck): void {
  for (const step of check.steps) {
    const { timeout, retry } = step.fields;
    const around = timeoutAround(step, check);
    for (const wait of waitsOf(step.fields)) checkWait(wait, around, check);
    if (around === null) continue;
    if (timeout !== undefined) checkTimeout(timeout, around, check);
    if (retry !== undefined) checkRetry({ ...step.fields, retry }, around, check);
  }
  checkExpectation(check);
  checkDefaultRetry(check);
}

/** Something that a step waits for. */
interface Wait {
  /** "The approval's timeout". */
  readonly what: string;
  readonly ms: number;
  readonly range: TextRange;
  /** Within what of the step itself it must come to its end. */
  readonly within: Field<number> | undefined;
}

function waitsOf({ approval, wait_for: gates, sleep, http, timeout }: StepFields): readonly Wait[] {
  const answer = approval?.value.timeout;
  const every = http?.value.poll?.value.every;
  const sleepMs = sleep?.node.kind === "scalar" ? parseDuration(sleep.node.text) : null;
  return [
    ...(answer === undefined
      ? []
      : [{ what: "The approval's timeout", ...placed(answer), within: undefined }]),
    ...itemsOf(gates).flatMap(({ value: gate }) =>
      gate.timeout === undefined
        ? []
        : [{ what: "The gate's timeout", ...placed(gate.timeout), within: undefined }],
    ),
    ...(sleep === undefined || sleepMs === null
      ? []
      : [{ what: "The end of the sleep", ms: sleepMs, range: sleep.range, within: timeout }]),
    ...(every === undefined
      ? []
      : [{ what: "A second request of the poll", ...placed(every), within: timeout }]),
  ];
}

function placed({ value, range }: Field<number>): Pick<Wait, "ms" | "range"> {
  return { ms: value, range };
}

function checkWait(
  { what, ms, range, within }: Wait,
  around: Around | null,
  { report }: WorkflowCheck,
): void {
  const own = within === undefined ? null : { what: "the step", ms: within.value };
  const first = own !== null && (around === null || own.ms < around.ms) ? own : around;
  if (first === null || ms <= first.ms) return;
  const message = `${what}, after ${formatDuration(ms)}, is never reached: ${first.what} ends after ${formatDuration(first.ms)}`;
  report({ code: "timeout-too-long", message, range });
}

/** An alert that a run takes long comes before the run is ended for that. */
function checkExpectation({ fields: { expect, timeout }, report }: WorkflowCheck): void {
  const within = expect?.value.within;
  if (within === undefined || timeout === undefined || within.value < timeout.value) return;
  const message = `A run is never late by this: it ends after ${formatDuration(timeout.value)}, by its timeout`;
  report({ code: "timeout-too-long", message, range: within.range });
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

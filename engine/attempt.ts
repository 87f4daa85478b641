import { checkValue, formatDuration } from "@headwater/workflow";
import type { Json } from "@headwater/workflow";
import type { AttemptResult } from "./event.js";
import { freePlace, queueLeaf } from "./places.js";
import { retriesAllowed, retryDelayMs } from "./retry-policy.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Cell } from "./run-state.js";
import { isOnWorker } from "./stop.js";
import { succeedStep } from "./success.js";
import { endStep, setStatus, setStepTimer } from "./turn.js";
import type { Turn } from "./turn.js";

type Failure = AttemptResult & { readonly status: "failed" };

/** Whether that attempt is the one with a worker now: what any other reports is stale. */
export function ownsStep(cell: Cell, attempt: number): boolean {
  return isOnWorker(cell) && cell.block.attempts[cell.index] === attempt;
}

/** A worker has begun the attempt. */
export function startAttempt(turn: Turn, cell: Cell): void {
  if (statusOf(cell) === "running") return;
  detailOf(cell).startedAt = turn.now;
  setStatus(turn, cell, "running");
}

/** The attempt is over: its step ends, or is tried again. */
export function endAttempt(turn: Turn, cell: Cell, result: AttemptResult): void {
  freePlace(turn.state);
  switch (result.status) {
    case "succeeded":
      return acceptOutputs(turn, cell, result.outputs);
    case "canceled":
      return endStep(turn, cell, { status: "canceled", reason: cancelReason(cell) });
    case "failed":
      return failAttempt(turn, cell, result);
  }
}

/** The delay of a retry is over. */
export function retryStep(turn: Turn, cell: Cell): void {
  detailOf(cell).reason = null;
  queueLeaf(turn, cell);
}

/** Outputs are kept when they are what the step declares; what it did not declare is dropped. */
function acceptOutputs(turn: Turn, cell: Cell, outputs: Readonly<Record<string, Json>>): void {
  const declared = Object.entries(stepOf(cell).definition.outputs);
  const kept: Record<string, Json> = {};
  for (const [name, type] of declared) {
    const value = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    const problem = value === undefined ? "is missing" : checkValue(value, type);
    if (problem !== null) {
      const message = `Output "${name}" ${value === undefined ? `of type ${type.name} is missing` : problem}`;
      return failAttempt(turn, cell, { status: "failed", class: "error", message, retryable: true });
    }
    if (value !== undefined) kept[name] = value;
  }
  succeedStep(turn, cell, kept);
}

function failAttempt(turn: Turn, cell: Cell, failure: Failure): void {
  const detail = detailOf(cell);
  if (detail.isCanceling) return endStep(turn, cell, { status: "canceled", reason: cancelReason(cell) });
  const { retry } = stepOf(cell).definition;
  const allowed = retriesAllowed(retry, failure.class);
  const used = detail.used[failure.class] + 1;
  if (!failure.retryable || used > allowed) {
    const status = failure.class === "timeout" ? "timed_out" : "failed";
    return endStep(turn, cell, { status, reason: failure.message });
  }
  detail.used[failure.class] = used;
  const attempt = (cell.block.attempts[cell.index] ?? 0) + 1;
  const ordinal = `attempt ${attempt} of ${attempt + allowed - used}`;
  setStatus(turn, cell, "retrying");
  const delayMs = failure.immediate === true ? 0 : retryDelayMs(retry, used);
  if (delayMs <= 0) return queueLeaf(turn, cell);
  detail.reason = `${ordinal} in ${formatDuration(delayMs)}, because ${failure.message}`;
  setStepTimer(turn, cell, turn.now + delayMs);
}

function cancelReason(cell: Cell): string | null {
  return detailOf(cell).reason?.replace(/^is being canceled: /, "") ?? null;
}

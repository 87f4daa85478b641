import { checkValue, formatDuration } from "@headwater/workflow";
import type { Evaluated, Json } from "@headwater/workflow";
import type { AttemptResult } from "./event.js";
import { tellNested } from "./operations/nested-effects.js";
import { freePlace } from "./places.js";
import { queueAttempt, requeueAttempt } from "./queue-attempt.js";
import { retriesAllowed, retryDelayMs } from "./retry-policy.js";
import { putRunInPlace } from "./roll-up.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Cell } from "./run-state.js";
import { isLeaf } from "./step-kinds.js";
import { awaitsRun, isOnWorker, STOPPING } from "./stop.js";
import { succeedStep } from "./success.js";
import { clearStepTimer, endStep, setStatus, setStepTimer } from "./turn.js";
import type { Turn } from "./turn.js";

type Failure = AttemptResult & { readonly status: "failed" };

/** Whether that attempt is the one that is out now: what any other reports is stale. */
export function ownsStep(cell: Cell, attempt: number): boolean {
  return (isOnWorker(cell) || awaitsRun(cell)) && cell.block.attempts[cell.index] === attempt;
}

/** A worker has begun the attempt, or the run that stands for it has been created. */
export function startAttempt(turn: Turn, cell: Cell, at: number): void {
  if (statusOf(cell) === "running") return;
  detailOf(cell).startedAt = at;
  detailOf(cell).hold = null;
  setStatus(turn, cell, "running");
}

/** The run that stands for the attempt is there. Without `wait` that is all the step asks for. */
export function startRunAttempt(turn: Turn, cell: Cell, runId: string): void {
  const { definition } = stepOf(cell);
  if (definition.kind !== "workflow" || statusOf(cell) === "running") return;
  putRunInPlace(cell, runId);
  startAttempt(turn, cell, turn.now);
  if (!definition.wait) return succeedStep(turn, cell, { outputs: { run_id: runId } });
  if (detailOf(cell).isCanceling) return;
  detailOf(cell).reason = `waits for run ${runId} of ${definition.workflow}`;
  if (definition.timeoutMs !== null) setStepTimer(turn, cell, turn.now + definition.timeoutMs);
  if (turn.state.paused !== null) tellNested(turn, cell);
}

/** An earlier success makes the attempt unnecessary. */
export function reuseOutputs(
  turn: Turn,
  cell: Cell,
  { outputs, from }: { readonly outputs: Readonly<Record<string, Json>>; readonly from: string },
): void {
  leavePlace(turn, cell);
  const kept = declaredOutputs(cell, outputs);
  if (kept.ok) return succeedStep(turn, cell, { outputs: kept.value, reason: `reused, ${from}` });
  failAttempt(turn, cell, { status: "failed", class: "error", message: kept.message, retryable: false });
}

/** The attempt is over: its step ends, or is tried again. */
export function endAttempt(turn: Turn, cell: Cell, result: AttemptResult): void {
  if (result.status === "withdrawn") return takeBack(turn, cell);
  leavePlace(turn, cell);
  switch (result.status) {
    case "succeeded":
      return acceptOutputs(turn, cell, result.outputs);
    case "canceled":
      return endStopped(turn, cell);
    case "failed":
      return failAttempt(turn, cell, result);
  }
}

/** The attempt never began. */
function takeBack(turn: Turn, cell: Cell): void {
  if (!detailOf(cell).isCanceling) return requeueAttempt(turn, cell);
  leavePlace(turn, cell);
  endStopped(turn, cell);
}

/** The delay of a retry is over. */
export function retryStep(turn: Turn, cell: Cell): void {
  detailOf(cell).reason = null;
  queueAttempt(turn, cell);
}

function leavePlace(turn: Turn, cell: Cell): void {
  if (isLeaf(stepOf(cell).definition)) freePlace(turn.state);
  else clearStepTimer(turn, cell);
}

/** Outputs are kept when they are what the step declares; what it did not declare is dropped. */
function acceptOutputs(turn: Turn, cell: Cell, outputs: Readonly<Record<string, Json>>): void {
  const kept = declaredOutputs(cell, outputs);
  if (kept.ok) return succeedStep(turn, cell, { outputs: kept.value });
  failAttempt(turn, cell, { status: "failed", class: "error", message: kept.message, retryable: true });
}

function declaredOutputs(
  cell: Cell,
  outputs: Readonly<Record<string, Json>>,
): Evaluated<Readonly<Record<string, Json>>> {
  const { definition } = stepOf(cell);
  const kept: Record<string, Json> = {};
  for (const [name, type] of Object.entries(definition.outputs)) {
    const value = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (value === undefined)
      return { ok: false, message: `Output "${name}" of type ${type.name} is missing` };
    // A workflow gives null for what its steps did not leave.
    const isNothing = definition.kind === "workflow" && value === null;
    const problem = isNothing ? null : checkValue(value, type);
    if (problem !== null) return { ok: false, message: `Output "${name}" ${problem}` };
    if (!isNothing) kept[name] = value;
  }
  return { ok: true, value: kept };
}

function failAttempt(turn: Turn, cell: Cell, failure: Failure): void {
  const detail = detailOf(cell);
  if (detail.isCanceling && !detail.isOverdue) return endStopped(turn, cell);
  const { retry } = stepOf(cell).definition;
  const allowed = retriesAllowed(retry, failure.class);
  const used = detail.used[failure.class] + 1;
  if (!failure.retryable || used > allowed) {
    const status = failure.class === "timeout" ? "timed_out" : "failed";
    return endStep(turn, cell, { status, reason: failure.message });
  }
  detail.used[failure.class] = used;
  detail.isCanceling = false;
  detail.isOverdue = false;
  const failed = cell.block.attempts[cell.index] ?? 0;
  detail.lastFailure = `attempt ${failed} failed: ${failure.message}`;
  const attempt = failed + 1;
  const ordinal = `attempt ${attempt} of ${attempt + allowed - used}`;
  setStatus(turn, cell, "retrying");
  const delayMs = failure.immediate === true ? 0 : retryDelayMs(retry, used);
  if (delayMs <= 0) return queueAttempt(turn, cell);
  detail.reason = `${ordinal} in ${formatDuration(delayMs)}, because ${failure.message}`;
  setStepTimer(turn, cell, turn.now + delayMs);
}

/** It was asked to stop, and has: the step was canceled, or skipped. */
function endStopped(turn: Turn, cell: Cell): void {
  const status = cell.block.skipped?.has(cell.index) === true ? "skipped" : "canceled";
  const reason = detailOf(cell).reason?.replace(STOPPING, "") ?? null;
  endStep(turn, cell, { status, reason });
}

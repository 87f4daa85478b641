import type { Evaluated, Json, WorkflowStep } from "@headwater/workflow";
import { cacheQuestion } from "./cache.js";
import type { Effect } from "./effect.js";
import type { AttemptResult, RunEvent } from "./event.js";
import { permitsOf } from "./permits.js";
import { leaveRollUp } from "./roll-up.js";
import { detailOf, stepOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { childRunKey, formatPath } from "./step-path.js";
import { endStep, noteAttempt, setStatus } from "./turn.js";
import type { Turn } from "./turn.js";

type RunEnd = RunEvent & { readonly kind: "run_ended" };

/** Asks for a run of another workflow: one for each attempt. */
export function startChildRun(turn: Turn, cell: Cell, step: WorkflowStep): void {
  const params = evaluateParams(turn.state, cell, step);
  if (!params.ok) return endStep(turn, cell, { status: "failed", reason: params.message });
  const attempt = (cell.block.attempts[cell.index] ?? 0) + 1;
  noteAttempt(turn.state, cell, attempt);
  leaveRollUp(cell);
  const detail = detailOf(cell);
  detail.queuedAt = turn.now;
  detail.reason = null;
  setStatus(turn, cell, "queued");
  turn.effects.push(startRunEffect(cell, step, params.value));
}

/** The effect that asks for it; asked again after a restart it finds the run that is there. */
export function startRunEffect(
  cell: Cell,
  step: WorkflowStep,
  params: Readonly<Record<string, Json>>,
): Effect {
  const { workflow, wait } = step;
  const path = formatPath(cell);
  const attempt = cell.block.attempts[cell.index] ?? 0;
  const key = childRunKey(path, attempt);
  return {
    kind: "start_run",
    path,
    attempt,
    key,
    workflow,
    params,
    wait,
    ...permitsOf(step),
    ...cacheQuestion(cell),
  };
}

/** The params of the run that the step asks for. */
export function evaluateParams(
  state: RunState,
  cell: Cell,
  step: WorkflowStep,
): Evaluated<Readonly<Record<string, Json>>> {
  const scope = scopeOf(state, cell);
  const params: Record<string, Json> = {};
  for (const [name, template] of Object.entries(step.with)) {
    const value = state.evaluator.resolveValue(template, scope);
    if (!value.ok) {
      const message = `Cannot start a run of "${step.workflow}": with.${name}: ${value.message}`;
      return { ok: false, message };
    }
    params[name] = value.value;
  }
  return { ok: true, value: params };
}

/** How the end of that run ends the attempt. One that somebody stopped is not tried again. */
export function childResult(cell: Cell, end: RunEnd): AttemptResult {
  const { isCanceling, isOverdue } = detailOf(cell);
  if (end.status === "succeeded") return { status: "succeeded", outputs: end.outputs };
  if (isOverdue) return failure("timeout", "its timeout is over");
  if (isCanceling) return { status: "canceled" };
  const words = describeEnd(cell, end);
  if (end.status === "timed_out") return failure("timeout", words);
  return { ...failure("error", words), retryable: end.status === "failed" };
}

function failure(kind: "error" | "timeout", message: string): AttemptResult & { readonly status: "failed" } {
  return { status: "failed", class: kind, message, retryable: true };
}

function describeEnd(cell: Cell, { status, reason }: RunEnd): string {
  const { definition } = stepOf(cell);
  const name = definition.kind === "workflow" ? definition.workflow : definition.id;
  return `the run of "${name}" ${inWords(status)}${reason === null ? "" : `: ${reason}`}`;
}

function inWords(status: RunEnd["status"]): string {
  switch (status) {
    case "timed_out":
      return "timed out";
    case "canceled":
    case "superseded":
      return `was ${status}`;
    default:
      return status;
  }
}

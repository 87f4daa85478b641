import { formatDuration } from "@headwater/workflow";
import type { ApprovalStep } from "@headwater/workflow";
import type { RunEvent, StepPath } from "./event.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { locate } from "./step-path.js";
import type { StepStatus } from "./step-status.js";
import { succeedStep } from "./success.js";
import { beginAttempt, clearStepTimer, endStep, setStatus, setStepTimer } from "./turn.js";
import type { Turn } from "./turn.js";

type Answer = Pick<RunEvent & { readonly kind: "approve" }, "by" | "approved" | "comment">;

/** Asks people. The step is paused until one of them answers; waiting takes no place of the run. */
export function startApproval(turn: Turn, cell: Cell, step: ApprovalStep): void {
  const prompt = promptOf(turn, cell, step);
  if (!prompt.ok) {
    const reason = `Cannot ask for approval: prompt: ${prompt.message}`;
    return endStep(turn, cell, { status: "failed", reason });
  }
  beginAttempt(turn, cell);
  setStatus(turn, cell, "paused");
  const asked = `waits for approval by ${step.approvers.join(" or ")}`;
  detailOf(cell).reason = prompt.value === "" ? asked : `${asked}: ${prompt.value}`;
  if (step.timeoutMs !== null) setStepTimer(turn, cell, turn.now + step.timeoutMs);
}

/** Somebody has answered. Who is not asked, or comes too late, changes nothing. */
export function answerApproval(turn: Turn, cell: Cell, answer: Answer): void {
  const { definition } = stepOf(cell);
  if (definition.kind !== "approval" || !isAsked(cell)) return;
  if (!mayApprove(definition, answer.by)) return;
  clearStepTimer(turn, cell);
  decideApproval(turn, cell, answer);
}

/** Nobody has answered in time. */
export function timeOutApproval(turn: Turn, cell: Cell, step: ApprovalStep): void {
  const comment = `nobody answered within ${formatDuration(step.timeoutMs ?? 0)}`;
  if (step.onTimeout === "fail") return endStep(turn, cell, { status: "timed_out", reason: comment });
  decideApproval(turn, cell, { by: "", approved: step.onTimeout === "approve", comment });
}

/** Why an answer would change nothing; null when it will. */
export type AnswerProblem =
  | { readonly kind: "no_step" }
  | { readonly kind: "not_waiting"; readonly status: StepStatus }
  | { readonly kind: "not_asked"; readonly approvers: readonly string[] };

/** Whether that person may answer the step with that path now. */
export function answerProblem(state: RunState, path: StepPath, by: string): AnswerProblem | null {
  const cell = locate(state, path);
  if (cell === null) return { kind: "no_step" };
  const { definition } = stepOf(cell);
  const status = statusOf(cell);
  if (definition.kind !== "approval" || !isAsked(cell)) return { kind: "not_waiting", status };
  if (mayApprove(definition, by)) return null;
  return { kind: "not_asked", approvers: definition.approvers };
}

/** It is also paused where somebody holds it before it asks. */
function isAsked(cell: Cell): boolean {
  return statusOf(cell) === "paused" && detailOf(cell).hold === null;
}

/** Whether that person is one of those who are asked; nobody in particular means everybody. */
function mayApprove({ approvers }: ApprovalStep, by: string): boolean {
  return approvers.length === 0 || approvers.includes(by);
}

function decideApproval(turn: Turn, cell: Cell, { by, approved, comment }: Answer): void {
  if (approved) return succeedStep(turn, cell, { outputs: { approved_by: by, comment } });
  const who = by === "" ? "rejected" : `rejected by ${by}`;
  endStep(turn, cell, { status: "failed", reason: comment === "" ? who : `${who}: ${comment}` });
}

function promptOf(
  { state }: Turn,
  cell: Cell,
  { prompt }: ApprovalStep,
): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string } {
  if (prompt === null) return { ok: true, value: "" };
  const value = state.evaluator.resolveValue(prompt, scopeOf(state, cell));
  if (!value.ok) return value;
  return { ok: true, value: typeof value.value === "string" ? value.value : JSON.stringify(value.value) };
}

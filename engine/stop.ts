import type { Effect } from "./effect.js";
import type { Block, Cell } from "./run-state.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { RunStatus } from "./run-status.js";
import { stopAwaiting } from "./gates.js";
import { isLeaf } from "./step-kinds.js";
import { childRunKey, formatPath } from "./step-path.js";
import { isStepEnded } from "./step-status.js";
import type { StepStatus } from "./step-status.js";
import { clearStepTimer, endStep, touch } from "./turn.js";
import type { Turn } from "./turn.js";

/** Stops a whole run: what runs is canceled, nothing more begins. The first reason to stop is the one that counts. */
export function stopRun(turn: Turn, status: RunStatus, reason: string): void {
  const { state } = turn;
  if (state.stopping !== null) return;
  state.stopping = { status, reason };
  stopBlock(turn, state.root, { status: null, reason });
}

/** A step failed in a run that fails immediately: only handlers and clean-ups go on. */
export function failImmediately(turn: Turn, stepId: string): void {
  const { state } = turn;
  if (state.hasFailedImmediately || state.stopping !== null) return;
  state.hasFailedImmediately = true;
  const reason = `${stepId} failed, and this workflow fails immediately`;
  for (const index of state.root.level.steps.keys()) {
    const cell = { block: state.root, index };
    if (!survivesFailure(cell)) cancelStep(turn, cell, reason);
  }
}

/** Stops the iterations of a foreach, or all steps of a run. `status` is how the foreach is to end. */
export function stopBlock(
  turn: Turn,
  block: Block,
  stop: { readonly status: StepStatus | null; readonly reason: string },
): void {
  if (block.stop === null || block.stop.status === null) block.stop = stop;
  if (block.parent !== null && block.open.size === 0) turn.tasks.push({ kind: "end_loop", block });
  const width = block.level.steps.length;
  for (const iteration of block.open) {
    for (let position = 0; position < width; position += 1) {
      cancelStep(turn, { block, index: iteration * width + position }, stop.reason);
    }
  }
}

/** Cancels one step: at once where nothing runs; otherwise it is asked to stop, and ends when it answers. */
function cancelStep(turn: Turn, cell: Cell, reason: string): void {
  const status = statusOf(cell);
  if (isStepEnded(status)) return;
  const child = cell.block.children.get(cell.index);
  if (child !== undefined) {
    clearStepTimer(turn, cell);
    stopBlock(turn, child, { status: "canceled", reason });
  } else if (isOnWorker(cell) || awaitsRun(cell)) {
    askToStop(turn, cell, reason);
  } else {
    if (status === "waiting_for_signal") stopAwaiting(turn, cell);
    else clearStepTimer(turn, cell);
    endStep(turn, cell, { status: "canceled", reason });
  }
}

/** Whether an attempt of the step is with a worker, or on its way to one. */
export function isOnWorker(cell: Cell): boolean {
  return isOut(cell) && isLeaf(stepOf(cell).definition);
}

/** Whether the step waits for a run of another workflow, or for its creation. */
export function awaitsRun(cell: Cell): boolean {
  return isOut(cell) && stepOf(cell).definition.kind === "workflow";
}

/** The timeout of a step that waits for a run is over: the run is stopped, and the step times out when it has ended. */
export function stopOverdueRun(turn: Turn, cell: Cell): void {
  detailOf(cell).isOverdue = true;
  askToStop(turn, cell, "its timeout is over");
}

/** What asks the attempt to stop that is out. */
export function cancelEffect(cell: Cell): Effect {
  const path = formatPath(cell);
  const attempt = cell.block.attempts[cell.index] ?? 0;
  return awaitsRun(cell)
    ? { kind: "cancel_run", path, attempt, key: childRunKey(path, attempt) }
    : { kind: "cancel", path, attempt };
}

function isOut(cell: Cell): boolean {
  const status = statusOf(cell);
  return status === "queued" || status === "starting" || status === "running";
}

/** Before the reason, while the attempt has not answered yet. */
export const STOPPING = "is being stopped: ";

/** Asks the attempt to stop that is out; the step ends when it answers. */
export function askToStop(turn: Turn, cell: Cell, reason: string): void {
  const detail = detailOf(cell);
  if (detail.isCanceling) return;
  detail.isCanceling = true;
  detail.reason = `${STOPPING}${reason}`;
  if (awaitsRun(cell)) clearStepTimer(turn, cell);
  turn.effects.push(cancelEffect(cell));
  touch(turn, cell);
}

function survivesFailure(cell: Cell): boolean {
  const { require } = stepOf(cell).definition;
  return require === "any_failed" || require === "all_finished";
}

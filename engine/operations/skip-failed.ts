import { setStatus } from "../turn.js";
import type { Turn } from "../turn.js";
import { detailOf, statusOf, stepOf } from "../run-state.js";
import type { Cell, RunState } from "../run-state.js";
import { isRunEnded } from "../run-status.js";
import { locate } from "../step-path.js";
import { isStepEnded } from "../step-status.js";
import { actorText } from "./action.js";
import type { Action, Actor } from "./action.js";
import { cellAt } from "./reset.js";
import { repeatSteps, requeue } from "./restart.js";
import { findIteration } from "./restart-target.js";

type Skip = Action & { readonly name: "skip" };

/** Whether it is not a step under way that is to be skipped: one that has ended, or of an iteration that has. */
export function isOfEnded(state: RunState, path: string): boolean {
  const cell = locate(state, path);
  return cell === null || isStepEnded(statusOf(cell));
}

/**
 * A step that has ended without success counts as done from now on: what follows from it is done again, and nothing else.
 * A run that had ended queues for its turn.
 */
export function skipFailed(turn: Turn, { path, outputs }: Skip, actor: Actor): void {
  const { state } = turn;
  const target = findIteration(state, path);
  const position = target.kind === "found" ? target.positions[0] : undefined;
  if (target.kind !== "found" || position === undefined) return;
  if (isRunEnded(state.status)) requeue(turn);
  const cell = cellAt(target, position);
  if (outputs !== null) target.block.outputs.set(cell.index, outputs);
  countAsDone(turn, cell, actor);
  repeatSteps(turn, target, { positions: stepOf(cell).dependents, resumed: new Set() });
}

function countAsDone(turn: Turn, cell: Cell, actor: Actor): void {
  const { block, index } = cell;
  (block.skipped ??= new Set()).add(index);
  setStatus(turn, cell, "skipped");
  detailOf(cell).reason = `skipped ${actorText(actor)}`;
}

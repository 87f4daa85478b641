import { clearAll } from "../places.js";
import { considerWaiting, offerIterations } from "../openings.js";
import { iterationOf, positionOf } from "../run-state.js";
import type { Block } from "../run-state.js";
import { dueTimer } from "../late.js";
import { isRunEnded } from "../run-status.js";
import { touch } from "../turn.js";
import type { Turn } from "../turn.js";
import type { Action } from "./action.js";
import { rebind } from "./rebind.js";
import { findIteration } from "./restart-target.js";
import { repeatIteration, resetIncomplete, resetIteration, reviveLoop, withDependents } from "./reset.js";
import type { Iteration } from "./reset.js";

type Restart = Action & { readonly name: "restart" };

/**
 * Does a run again, or a part of it. One that has ended queues for its turn, and begins with the event `start`; within one
 * that goes on only steps that have ended can be done again.
 */
export function restart(turn: Turn, action: Restart): void {
  const { state } = turn;
  const changed = rebind(turn, action);
  const top: Iteration = { block: state.root, iteration: 0 };
  if (isRunEnded(state.status)) requeue(turn);
  switch (action.from) {
    case "beginning":
      return resetIteration(turn, top, { positions: state.root.level.steps.keys(), resumed: new Set() });
    case "incomplete":
      return resetIncomplete(turn, top, changed);
    case "step": {
      if (changed.size > 0) resetIteration(turn, top, { positions: changed, resumed: new Set() });
      const target = findIteration(state, action.path ?? "");
      if (target.kind === "found")
        repeatSteps(turn, target, { positions: target.positions, resumed: new Set() });
    }
  }
}

/** A run that had ended queues for its turn. */
export function requeue(turn: Turn): void {
  const { state } = turn;
  state.status = "queued";
  state.startedAt = null;
  state.attempt += 1;
  state.stopping = null;
  state.hasFailedImmediately = false;
  state.paused = null;
  state.root.stop = null;
  clearAll(state);
  turn.effects.push({ kind: "requeue" }, ...dueTimer(state));
}

/** Does steps of an iteration again, with all that follows from them: in the iteration, after its loop, after the loop around. */
export function repeatSteps(
  turn: Turn,
  at: Iteration,
  selection: { readonly positions: readonly number[]; readonly resumed: ReadonlySet<number> },
): void {
  const { block, iteration } = at;
  const positions = withDependents(block.level, selection.positions);
  const isOpen = block.open.has(iteration);
  const reset = (): void => resetIteration(turn, at, selection);
  if (isOpen || block.parent === null || isPending(at)) reset();
  else repeatIteration(at, reset);
  if (isOpen) return considerWaiting(turn, at, positions);
  if (block.parent !== null) goOnWithLoop(turn, block);
}

function goOnWithLoop(turn: Turn, block: Block): void {
  const { parent } = block;
  if (parent === null) return;
  // One that began no more because iterations had failed goes on when none has any more.
  if (block.tally.failed === 0) block.mayOpen = true;
  if (parent.block.children.get(parent.index) === block) {
    offerIterations(block);
    return touch(turn, parent);
  }
  if (block.isToResume) return;
  reviveLoop(block);
  const position = positionOf(parent.block, parent.index);
  const around = { block: parent.block, iteration: iterationOf(parent.block, parent.index) };
  repeatSteps(turn, around, { positions: [position], resumed: new Set([position]) });
}

/** It is to be done again already, and has not begun. */
function isPending({ block, iteration }: Iteration): boolean {
  return !block.open.has(iteration) && (block.unended[iteration] ?? 0) > 0;
}

import { iterationOf, positionOf, statusOf, stepOf } from "../run-state.js";
import type { Cell, RunState } from "../run-state.js";
import { isRunEnded } from "../run-status.js";
import { formatPath, plannedStep } from "../step-path.js";
import { isStepEnded } from "../step-status.js";
import type { Action, ActionProblem } from "./action.js";
import { changedPositions, enteredLoop } from "./rebind.js";
import { cellAt, hasIncomplete, withDependents } from "./reset.js";
import type { Iteration } from "./reset.js";
import { findIteration } from "./restart-target.js";
import type { Target } from "./restart-target.js";

type Restart = Action & { readonly name: "restart" };

/** Why a restart of a run that may be restarted, or of a step of it, would not do what is asked; null when it will. */
export function restartProblem(state: RunState, action: Restart): ActionProblem | null {
  const isBound = action.version !== null || action.params !== null;
  if (isBound && !isRunEnded(state.status)) {
    return notAllowed(
      `the run is ${state.status}; only one that has ended can get another version or other params`,
    );
  }
  if (action.from === "step") return stepProblem(state, action);
  if (action.from === "beginning" || action.version !== null) return null;
  const isWhole =
    !hasIncomplete({ block: state.root, iteration: 0 }) && changedPositions(state, action).size === 0;
  return isWhole
    ? notAllowed("nothing of it is incomplete; restart it from the beginning, or from a step")
    : null;
}

function stepProblem(state: RunState, action: Restart): ActionProblem | null {
  const path = action.path ?? "";
  const target = findIteration(state, path);
  if (target.kind !== "found") return notFound(state, path, target);
  if (isInChanged(state, action)) {
    return notAllowed(
      "the iterations of its loop are not what they were: it goes over other items, or has other steps; restart all of the loop, or what is incomplete",
    );
  }
  return busyProblem(target, target.positions);
}

function notFound(state: RunState, path: string, target: Target): ActionProblem {
  if (plannedStep(state, path) === null)
    return { kind: "no_step", words: `its workflow has no step "${path}"` };
  if (target.kind === "not_kept") {
    return notAllowed(
      `the iterations of "${target.loop}" are not kept, or have not begun; restart all of "${target.loop}"`,
    );
  }
  return { kind: "no_step", words: "there is no such iteration, or it has not begun" };
}

/** Whether the loop of which an iteration is asked for begins anew, so that its iterations are void. */
function isInChanged(state: RunState, action: Restart): boolean {
  const loop = enteredLoop(action);
  if (loop === null || (action.version === null && action.params === null)) return false;
  const steps = action.version?.definition.steps ?? state.definition.steps;
  const position = steps.findIndex(({ id }) => id === loop);
  return position < 0 || changedPositions(state, action).has(position);
}

/** What is to be done again must have ended, and nothing that follows from it may be under way. */
function busyProblem(at: Iteration, positions: readonly number[]): ActionProblem | null {
  const { block, iteration } = at;
  const direct = positions
    .map((position) => cellAt(at, position))
    .find((cell) => !isStepEnded(statusOf(cell)));
  if (direct !== undefined)
    return notAllowed(`${formatPath(direct)} is ${statusOf(direct)}; only what has ended can be done again`);
  const busy = [...withDependents(block.level, positions)]
    .map((position) => cellAt(at, position))
    .find(isUnderWay);
  if (busy !== undefined) {
    return notAllowed(
      `${formatPath(busy)}, which follows from it, is ${statusOf(busy)}; cancel the run, or wait`,
    );
  }
  if (block.parent === null || block.open.has(iteration)) return null;
  return closedProblem(at, block.parent);
}

/** The same for an iteration that has ended, of the loop at that place. */
function closedProblem({ block, iteration }: Iteration, loop: Cell): ActionProblem | null {
  const isGoing = loop.block.children.get(loop.index) === block;
  const name = formatPath(loop);
  if (stepOf(loop).definition.kind === "while" && (isGoing || iteration !== block.count - 1)) {
    return notAllowed(
      `of ${name}, a while, only the last iteration can be done again, once the loop has ended`,
    );
  }
  if (block.stop !== null) {
    const words = `${name} ${isGoing ? "is being" : "was"} stopped; restart all of ${name}, or what is incomplete`;
    return notAllowed(words);
  }
  if (isGoing) return null;
  const around = { block: loop.block, iteration: iterationOf(loop.block, loop.index) };
  return busyProblem(around, [positionOf(loop.block, loop.index)]);
}

function isUnderWay({ block, index }: Cell): boolean {
  const status = statusOf({ block, index });
  return status === "waiting" ? block.details.get(index)?.isReady === true : !isStepEnded(status);
}

function notAllowed(words: string): ActionProblem {
  return { kind: "not_allowed", words };
}

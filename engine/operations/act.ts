import { queueAttempt } from "../queue-attempt.js";
import { openGates } from "../gates.js";
import { offerIterations } from "../openings.js";
import { detailOf } from "../run-state.js";
import type { Cell } from "../run-state.js";
import { locate } from "../step-path.js";
import { clearStepTimer, touch } from "../turn.js";
import type { Turn } from "../turn.js";
import type { RunEvent } from "../event.js";
import { actorText } from "./action.js";
import type { Action, Actor } from "./action.js";
import { actionProblem } from "./action-problem.js";
import { clearBreakpoint, pauseRun, pauseStep, resumeRun, resumeStep } from "./pause.js";
import { restart } from "./restart.js";
import { skipStep } from "./skip.js";
import { isOfEnded, skipFailed } from "./skip-failed.js";

/** Does what somebody asks of the run. What is not allowed now changes nothing; see `actionProblem`. */
export function act(turn: Turn, { action, ...actor }: RunEvent & { readonly kind: "action" }): void {
  if (actionProblem(turn.state, action) !== null) return;
  if (action.name === "skip" && isOfEnded(turn.state, action.path)) return skipFailed(turn, action, actor);
  switch (action.name) {
    case "set_breakpoint":
      turn.state.breakpoints.set(action.step, { by: actor.by, reason: actor.reason, isOnce: false });
      return;
    case "clear_breakpoint":
      return clearBreakpoint(turn, action.step);
    case "restart":
      return restart(turn, action);
    default: {
      const cell = action.path === null ? null : locate(turn.state, action.path);
      return cell === null ? actOnRun(turn, action, actor) : actOnStep(turn, cell, { action, actor });
    }
  }
}

function actOnRun(turn: Turn, { name }: Action, { by, reason }: Actor): void {
  if (name === "pause") pauseRun(turn, { by, reason, isInherited: false });
  if (name === "resume") resumeRun(turn, { by, reason });
}

function actOnStep(
  turn: Turn,
  cell: Cell,
  { action, actor }: { readonly action: Action; readonly actor: Actor },
): void {
  switch (action.name) {
    case "pause":
      return pauseStep(turn, cell, actor);
    case "resume":
      return resumeStep(turn, cell);
    case "skip":
      return skipStep(turn, cell, { outputs: action.outputs, actor });
    case "bypass":
      return openGates(turn, cell);
    case "retry":
      clearStepTimer(turn, cell);
      detailOf(cell).reason = null;
      return queueAttempt(turn, cell);
    case "set_max_parallel":
      return setMaxParallel(turn, cell, { maxParallel: action.maxParallel, actor });
    default:
      return;
  }
}

function setMaxParallel(
  turn: Turn,
  cell: Cell,
  { maxParallel, actor }: { readonly maxParallel: number; readonly actor: Actor },
): void {
  const block = cell.block.children.get(cell.index);
  if (block === undefined) return;
  block.window = maxParallel;
  detailOf(cell).reason = `max_parallel set to ${maxParallel} ${actorText(actor)}`;
  touch(turn, cell);
  offerIterations(block);
}

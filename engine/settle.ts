import { abandonLoop } from "./again.js";
import { startApproval } from "./approval.js";
import { evaluateCacheKey } from "./cache.js";
import { finishRun } from "./finish.js";
import { endForeach, endIteration, startForeach } from "./foreach.js";
import { awaitSignals } from "./gates.js";
import { judge } from "./join.js";
import { openNext } from "./openings.js";
import { fillPlaces } from "./places.js";
import { queueAttempt } from "./queue-attempt.js";
import { pauseIfHeld } from "./operations/pause.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, Hold } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { startSleep } from "./sleep.js";
import { hasAttempts } from "./step-kinds.js";
import { failImmediately } from "./stop.js";
import { endStep } from "./turn.js";
import type { Task, Turn } from "./turn.js";
import { endWhileIteration, startWhile } from "./while.js";

/** Works off all that follows from what happened, until nothing more does; gives free places to ready steps, and opens iterations. */
export function settle(turn: Turn): void {
  do {
    // The list grows while it is worked off.
    for (const task of turn.tasks) perform(turn, task);
    turn.tasks.length = 0;
    fillPlaces(turn);
  } while (openNext(turn));
}

function perform(turn: Turn, task: Task): void {
  switch (task.kind) {
    case "consider":
      return consider(turn, task.cell);
    case "fail_immediately":
      return failImmediately(turn, task.stepId);
    case "end_loop":
      return endLoop(turn, task.block);
    case "abandon_loop":
      return abandonLoop(turn, task.cell);
    case "begin":
      return pauseIfHeld(turn, task.cell, "begin") ? undefined : begin(turn, task.cell);
    case "go_on":
      return goOn(turn, task.cell, task.hold);
    case "end_iteration":
      return endIterationOf(turn, task.block, task.iteration);
  }
}

function endIterationOf(turn: Turn, { parent }: Block, iteration: number): void {
  if (parent === null) return finishRun(turn);
  const isWhile = stepOf(parent).definition.kind === "while";
  return isWhile ? endWhileIteration(turn, parent, iteration) : endIteration(turn, parent, iteration);
}

/** A loop was stopped while none of its iterations was open; it may have ended since. */
function endLoop(turn: Turn, block: Block): void {
  const { parent } = block;
  if (parent !== null && parent.block.children.get(parent.index) === block && block.open.size === 0)
    endForeach(turn, block, parent);
}

/** How the reason of a step begins that its own `if` skips. */
export const CONDITION_IS_FALSE = "its condition is false";

/** All needs of a step have ended: join, then condition, then it begins. */
function consider(turn: Turn, cell: Cell): void {
  if (statusOf(cell) !== "waiting") return;
  const { stop } = cell.block;
  if (stop !== null) return endStep(turn, cell, { status: "canceled", reason: stop.reason });
  const verdict = judge(cell);
  if (verdict.status !== "eligible") return endStep(turn, cell, verdict);
  const { if: condition } = stepOf(cell).definition;
  if (condition !== null) {
    const holds = turn.state.evaluator.condition(condition, scopeOf(turn.state, cell));
    if (!holds.ok) {
      return endStep(turn, cell, { status: "failed", reason: `Cannot evaluate "if": ${holds.message}` });
    }
    if (!holds.value)
      return endStep(turn, cell, { status: "skipped", reason: `${CONDITION_IS_FALSE}: ${condition}` });
  }
  detailOf(cell).reason = null;
  if (!pauseIfHeld(turn, cell, "gates")) meetGates(turn, cell);
}

function meetGates(turn: Turn, cell: Cell): void {
  if (stepOf(cell).definition.waitFor.length > 0) return awaitSignals(turn, cell);
  begin(turn, cell);
}

/** Nothing holds a step that was paused. */
function goOn(turn: Turn, cell: Cell, hold: Hold): void {
  switch (hold) {
    case "gates":
      return meetGates(turn, cell);
    case "begin":
      return begin(turn, cell);
    case "attempt":
      return queueAttempt(turn, cell);
  }
}

/** Nothing holds the step up any more. */
function begin(turn: Turn, cell: Cell): void {
  const { definition } = stepOf(cell);
  if (definition.cache !== null && hasAttempts(definition)) {
    const key = evaluateCacheKey(turn.state, cell, definition.cache);
    if (!key.ok) return endStep(turn, cell, { status: "failed", reason: key.message });
  }
  switch (definition.kind) {
    case "foreach":
      return startForeach(turn, cell, definition);
    case "while":
      return startWhile(turn, cell, definition);
    case "sleep":
      return startSleep(turn, cell, definition);
    case "approval":
      return startApproval(turn, cell, definition);
    default:
      return queueAttempt(turn, cell);
  }
}

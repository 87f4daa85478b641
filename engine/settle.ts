import { RUN_TIMER } from "./event.js";
import { endForeach, endIteration, startForeach } from "./foreach.js";
import { judge } from "./join.js";
import { notExecuted } from "./not-executed.js";
import { openNext } from "./openings.js";
import { fillPlaces, queueLeaf } from "./places.js";
import { OUTCOME, detailOf, statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import type { RunStatus } from "./run-status.js";
import { scopeOf } from "./scope.js";
import { startSleep } from "./sleep.js";
import { failImmediately } from "./stop.js";
import { endStep } from "./turn.js";
import type { Task, Turn } from "./turn.js";

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
    case "end_iteration":
      if (task.block.parent === null) return finish(turn);
      return endIteration(turn, task.block.parent, task.iteration);
  }
}

/** A loop was stopped while none of its iterations was open; it may have ended since. */
function endLoop(turn: Turn, block: Block): void {
  const { parent } = block;
  if (parent !== null && parent.block.children.get(parent.index) === block && block.open.size === 0)
    endForeach(turn, block, parent);
}

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
      return endStep(turn, cell, { status: "skipped", reason: `its condition is false: ${condition}` });
  }
  detailOf(cell).reason = null;
  begin(turn, cell);
}

function begin(turn: Turn, cell: Cell): void {
  const { definition } = stepOf(cell);
  switch (definition.kind) {
    case "foreach":
      return startForeach(turn, cell, definition);
    case "sleep":
      return startSleep(turn, cell, definition);
    case "while":
    case "workflow":
    case "approval":
      return endStep(turn, cell, { status: "failed", reason: notExecuted(definition.kind) });
    default:
      return queueLeaf(turn, cell);
  }
}

/** Every step has ended, and so has the run. */
function finish(turn: Turn): void {
  const { state } = turn;
  const { status, reason } = state.stopping ?? outcomeOf(state);
  state.status = status;
  state.root.open.clear();
  if (state.definition.timeoutMs !== null && status !== "timed_out") {
    turn.effects.push({ kind: "clear_timer", timer: RUN_TIMER });
  }
  turn.effects.push({ kind: "finish", status, reason });
}

function outcomeOf({ root }: RunState): { readonly status: RunStatus; readonly reason: string | null } {
  const bits = root.outcomes[0] ?? 0;
  if ((bits & OUTCOME.failed) > 0) return { status: "failed", reason: root.firstFailure };
  if ((bits & OUTCOME.canceled) > 0) return { status: "canceled", reason: "a step was canceled" };
  return { status: "succeeded", reason: null };
}

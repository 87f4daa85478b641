import type { Effect } from "./effect.js";
import { noteFailure } from "./first-failure.js";
import { countNeed } from "./join.js";
import { countStatus } from "./roll-up.js";
import { OUTCOME, detailOf, iterationOf, siblingOf, statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, Hold, RunState } from "./run-state.js";
import { formatPath } from "./step-path.js";
import { STEP_STATUSES, joinsAs } from "./step-status.js";
import type { StepStatus } from "./step-status.js";

/**
 * One decision in the making. Whatever ends a step only notes what follows from it as a task; `settle` works the tasks
 * off one by one, so that a chain of a thousand skipped steps needs no deep stack.
 */
export interface Turn {
  readonly state: RunState;
  readonly now: number;
  readonly effects: Effect[];
  readonly tasks: Task[];
  /** The instances that changed, by block. */
  readonly touched: Map<Block, Set<number>>;
  /** Iterations that ended: what only they needed is dropped once the changes are told. */
  readonly closed: ClosedIteration[];
}

/** An iteration that ended. */
export interface ClosedIteration {
  readonly block: Block;
  readonly iteration: number;
  /** Those that it had of a while, which the next iteration changes. */
  readonly variables: Block["variables"];
}

export type Task =
  /** All its needs have ended. */
  | { readonly kind: "consider"; readonly cell: Cell }
  /** All signals that it waited for have come. */
  | { readonly kind: "begin"; readonly cell: Cell }
  /** It was paused, and is no longer. */
  | { readonly kind: "go_on"; readonly cell: Cell; readonly hold: Hold }
  | { readonly kind: "end_iteration"; readonly block: Block; readonly iteration: number }
  /** It has ended, and so will not go on where it was. */
  | { readonly kind: "abandon_loop"; readonly cell: Cell }
  /** It is being stopped, and none of its iterations is open. */
  | { readonly kind: "end_loop"; readonly block: Block }
  /** A step of the workflow itself failed. */
  | { readonly kind: "fail_immediately"; readonly stepId: string };

/** How a step ends, and why in words. */
export interface StepEnd {
  readonly status: StepStatus;
  readonly reason: string | null;
}

const STATUS_CODES = new Map(STEP_STATUSES.map((status, code) => [status, code]));

/** A turn in which nothing has happened yet. */
export function beginTurn(state: RunState, now: number): Turn {
  return { state, now, effects: [], tasks: [], touched: new Map(), closed: [] };
}

/** Notes that the instance changed. */
export function touch(turn: Turn, { block, index }: Cell): void {
  const known = turn.touched.get(block);
  if (known === undefined) turn.touched.set(block, new Set([index]));
  else known.add(index);
}

/** The only way from one status to the next; see the table of `step-status.ts`. */
export function setStatus(turn: Turn, cell: Cell, status: StepStatus): void {
  countStatus(cell, statusOf(cell), status);
  cell.block.statuses[cell.index] = STATUS_CODES.get(status) ?? 0;
  const detail = cell.block.details.get(cell.index);
  if (detail !== undefined) detail.statusAt = turn.now;
  touch(turn, cell);
  // What is within them is counted there.
  for (let loop = cell.block.parent; loop !== null; loop = loop.block.parent) touch(turn, loop);
}

/** The step is at that attempt now. */
export function noteAttempt(state: RunState, { block, index }: Cell, attempt: number): void {
  block.attempts[index] = attempt;
  if (attempt > state.attemptMax) state.attemptMax = attempt;
}

/** The step begins, without a worker: its next attempt. */
export function beginAttempt(turn: Turn, cell: Cell): void {
  noteAttempt(turn.state, cell, (cell.block.attempts[cell.index] ?? 0) + 1);
  const detail = detailOf(cell);
  detail.queuedAt = turn.now;
  detail.startedAt = turn.now;
}

/** Ends a step: its needers count it, and what follows from it becomes a task. */
export function endStep(turn: Turn, cell: Cell, end: StepEnd): void {
  const { block } = cell;
  const status =
    end.status === "failed" || end.status === "timed_out" ? forgiven(cell, end.status) : end.status;
  setStatus(turn, cell, status);
  const detail = detailOf(cell);
  detail.endedAt = turn.now;
  detail.isReady = false;
  detail.hold = null;
  detail.reason = end.reason;
  noteOutcome(cell, status, end.reason);
  const joins = joinsOf(cell, status);
  countFor(turn, cell, joins);
  const iteration = iterationOf(block, cell.index);
  const unended = (block.unended[iteration] ?? 0) - 1;
  block.unended[iteration] = unended;
  if (joins === "failed" && isImmediate(turn.state, block)) {
    turn.tasks.push({ kind: "fail_immediately", stepId: stepOf(cell).definition.id });
  }
  if (block.ended?.has(cell.index) === true) turn.tasks.push({ kind: "abandon_loop", cell });
  if (unended === 0) turn.tasks.push({ kind: "end_iteration", block, iteration });
}

/** Tells those that need the step. */
function countFor(turn: Turn, cell: Cell, joins: ReturnType<typeof joinsAs>): void {
  for (const position of stepOf(cell).dependents) {
    const dependent = siblingOf(cell, position);
    if (countNeed(dependent, joins)) turn.tasks.push({ kind: "consider", cell: dependent });
  }
}

/** Sets the timer of a waiting step, and remembers that it is set. */
export function setStepTimer(turn: Turn, cell: Cell, at: number): void {
  detailOf(cell).timerAt = at;
  turn.effects.push({ kind: "set_timer", timer: formatPath(cell), at });
}

/** Clears the timer of a step, if one is set. */
export function clearStepTimer(turn: Turn, cell: Cell): void {
  const detail = cell.block.details.get(cell.index);
  if (detail === undefined || detail.timerAt === null) return;
  detail.timerAt = null;
  turn.effects.push({ kind: "clear_timer", timer: formatPath(cell) });
}

/** How an ended instance counts for those that need it: one that somebody has skipped was done for them. */
export function joinsOf({ block, index }: Cell, status: StepStatus): ReturnType<typeof joinsAs> {
  return status === "skipped" && block.skipped?.has(index) === true ? "succeeded" : joinsAs(status);
}

/** `failure_mode: ignore_failure`: the step failed, and the run may still succeed. */
function forgiven(cell: Cell, status: StepStatus): StepStatus {
  return stepOf(cell).definition.ignoreFailure ? "ignored_failure" : status;
}

function noteOutcome(cell: Cell, status: StepStatus, reason: string | null): void {
  const { block } = cell;
  const iteration = iterationOf(block, cell.index);
  const bits = outcomeBits(status);
  block.outcomes[iteration] = (block.outcomes[iteration] ?? 0) | bits;
  if (bits === OUTCOME.failed) noteFailure(cell, reason);
}

/** What the end of a step means for its iteration, as bits of `OUTCOME`. */
export function outcomeBits(status: StepStatus): number {
  if (joinsAs(status) === "failed") return OUTCOME.failed;
  if (status === "canceled") return OUTCOME.canceled;
  return status === "skipped" ? 0 : OUTCOME.ran;
}

function isImmediate(state: RunState, block: Block): boolean {
  return (
    block === state.root && state.definition.failureMode === "fail_immediately" && !state.hasFailedImmediately
  );
}

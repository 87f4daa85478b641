import { endedLoop, makePast } from "../ended-loops.js";
import { outcomeOf } from "../iteration-outcome.js";
import type { Level } from "../plan.js";
import { leaveRollUp, unskipUnbegun } from "../roll-up.js";
import { STEP_STATUSES, isStepEnded } from "../step-status.js";
import type { StepStatus } from "../step-status.js";
import { OUTCOME, stepOf, statusOf } from "../run-state.js";
import type { Block, Cell } from "../run-state.js";
import { formatPath } from "../step-path.js";
import { joinsOf, outcomeBits, setStatus } from "../turn.js";
import type { Turn } from "../turn.js";

/** One iteration of a block. */
export interface Iteration {
  readonly block: Block;
  readonly iteration: number;
}

/** Which steps of an iteration are done anew, by position. */
export interface Selection {
  readonly positions: Iterable<number>;
  /** Loops among them that go on where they were, instead of beginning anew. */
  readonly resumed: ReadonlySet<number>;
}

/** These, and all that need them, directly or through others. */
export function withDependents(level: Level, positions: Iterable<number>): ReadonlySet<number> {
  const found = new Set(positions);
  // The set grows while it is walked.
  for (const position of found) {
    for (const dependent of level.steps[position]?.dependents ?? []) found.add(dependent);
  }
  return found;
}

/** Puts the steps back to where they wait for their needs, with all that need them; what they left is void. */
export function resetIteration(turn: Turn, at: Iteration, { positions, resumed }: Selection): void {
  for (const position of withDependents(at.block.level, positions)) {
    resetCell(turn, cellAt(at, position), resumed.has(position));
  }
  recount(at);
}

/** Puts all back that did not succeed. Loops that failed go on with the iterations that did not succeed, where they are kept. */
export function resetIncomplete(turn: Turn, at: Iteration, also: Iterable<number> = []): void {
  const { level } = at.block;
  const incomplete = [...level.steps.keys()].filter((position) =>
    isIncomplete(statusOf(cellAt(at, position))),
  );
  const anew = new Set(also);
  for (const position of [...incomplete, ...anew]) {
    for (const needer of withDependents(level, level.steps[position]?.dependents ?? [])) anew.add(needer);
  }
  const resumed = incomplete.filter(
    (position) => !anew.has(position) && prepareLoop(turn, cellAt(at, position)),
  );
  resetIteration(turn, at, { positions: [...incomplete, ...anew], resumed: new Set(resumed) });
}

/** Whether some step of the iteration neither succeeded nor was skipped. */
export function hasIncomplete(at: Iteration): boolean {
  return [...at.block.level.steps.keys()].some((position) => isIncomplete(statusOf(cellAt(at, position))));
}

/** Notes that an ended iteration of a loop will be done again: it counts no longer. */
export function repeatIteration({ block, iteration }: Iteration, reset: () => void): void {
  block.tally[outcomeOf(block, iteration)] -= 1;
  reset();
  block.again ??= [];
  block.again.push(iteration);
}

/** A loop that has ended is to go on: what it left of its iterations counts no longer as skipped. */
export function reviveLoop(block: Block): void {
  unskipUnbegun(block);
  block.stop = null;
  block.isToResume = true;
}

/** The instance of the step at that position. */
export function cellAt({ block, iteration }: Iteration, position: number): Cell {
  return { block, index: iteration * block.level.steps.length + position };
}

/** Counts anew how the needs of its steps have ended, how many have not, and what has happened. */
function recount(at: Iteration): void {
  const { block, iteration } = at;
  let unended = 0;
  let bits = 0;
  for (const [position, step] of block.level.steps.entries()) {
    const status = statusOf(cellAt(at, position));
    if (isStepEnded(status)) bits |= outcomeBits(status);
    else unended += 1;
    tallyNeeds(at, position, step.needs);
  }
  block.unended[iteration] = unended;
  block.outcomes[iteration] = bits;
}

function tallyNeeds(at: Iteration, position: number, needs: readonly number[]): void {
  const ends = needs.map((need) => cellAt(at, need)).filter((cell) => isStepEnded(statusOf(cell)));
  const joins = ends.map((cell) => joinsOf(cell, statusOf(cell)));
  const { tallies } = at.block;
  const first = cellAt(at, position).index * 3;
  tallies[first] = ends.length;
  tallies[first + 1] = joins.filter((one) => one === "failed").length;
  tallies[first + 2] = joins.filter((one) => one === "succeeded").length;
}

/** The loop will go on where it was; false when that is not known. */
function prepareLoop(turn: Turn, cell: Cell): boolean {
  const block = endedLoop(cell);
  if (block === null) return false;
  const isWhile = stepOf(cell).definition.kind === "while";
  const iterations = isWhile
    ? [block.count - 1]
    : Array.from({ length: block.next }, (_, iteration) => iteration);
  const failed = iterations.filter(
    (one) => ((block.outcomes[one] ?? 0) & (OUTCOME.failed | OUTCOME.canceled)) > 0,
  );
  // What ended a while besides its steps, as its condition, is asked again from the first iteration on.
  if (isWhile && failed.length === 0) return false;
  reviveLoop(block);
  block.mayOpen = true;
  // The last of `again` is opened first.
  for (const iteration of failed.toReversed()) {
    repeatIteration({ block, iteration }, () => resetIncomplete(turn, { block, iteration }));
  }
  return true;
}

function resetCell(turn: Turn, cell: Cell, isResumed: boolean): void {
  const { block, index } = cell;
  const isBegun = statusOf(cell) !== "waiting" || (block.attempts[index] ?? 0) > 0;
  if (!isResumed) leaveRollUp(cell);
  setStatus(turn, cell, "waiting");
  block.details.delete(index);
  block.outputs.delete(index);
  block.lifted.delete(index);
  block.skipped?.delete(index);
  if (stepOf(cell).inner === null || isResumed) return;
  const kept = block.ended?.get(index);
  if (kept !== undefined) makePast(kept);
  if (isBegun) turn.effects.push({ kind: "forget_steps", path: formatPath(cell), isGone: false });
}

function isIncomplete(status: StepStatus): boolean {
  return IS_INCOMPLETE[status] ?? !isStepEnded(status);
}

/** Of the statuses in which a step ends. One whose failure is ignored is done, as its workflow says. */
const IS_INCOMPLETE: Partial<Record<StepStatus, boolean>> = Object.fromEntries(
  STEP_STATUSES.filter(isStepEnded).map((status) => [
    status,
    ["failed", "timed_out", "canceled", "upstream_failed"].includes(status),
  ]),
);

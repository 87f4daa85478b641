import { tallyOf } from "./join.js";
import { statusOf, stepOf } from "./run-state.js";
import type { Block, RunState } from "./run-state.js";
import type { Turn } from "./turn.js";

/**
 * Iterations open when the run has need of them, and not before: while fewer attempts than this are queued, where
 * `max_parallel_steps` does not say another number. It is more than workers take between two decisions, and little to
 * keep in memory, so that a loop of a thousand loops of a thousand costs no more than one of them.
 */
export const QUEUED_AHEAD = 1000;

/**
 * So many iterations of one run are open at once where they queue nothing, as those that sleep. A loop may always have
 * one: were all of these waiting for loops within them, none could go on.
 */
export const OPEN_ITERATIONS_MAX = 10_000;

/** Notes that a loop may be able to open iterations. Its outer loops are noted too, since they are asked before it. */
export function offerIterations(block: Block): void {
  for (let at = block; at.parent !== null; at = at.parent.block) {
    const { openable } = at.parent.block;
    if (openable.has(at)) return;
    openable.add(at);
  }
}

/**
 * Opens one iteration if the run has need of it; false when it has none, or no loop can. Inner loops come before the
 * next iteration of their outer one, and loops side by side take turns.
 */
export function openNext(turn: Turn): boolean {
  return hasNeed(turn.state) && openWithin(turn, turn.state.root);
}

/** Begins the next iteration, with the steps that need no other. */
export function openIteration(turn: Turn, block: Block): void {
  const again = block.again?.pop();
  if (again !== undefined) return reopen(turn, { block, iteration: again });
  const { first, steps } = block.level;
  const iteration = block.next;
  block.next += 1;
  block.open.add(iteration);
  block.unended[iteration] = steps.length;
  if (block.parent !== null) turn.state.openIterations += 1;
  for (const position of first) {
    turn.tasks.push({ kind: "consider", cell: { block, index: iteration * steps.length + position } });
  }
  if (steps.length === 0) turn.tasks.push({ kind: "end_iteration", block, iteration });
}

/** Begins the steps of the workflow, or those of them that are to be done again. */
export function openRoot(turn: Turn): void {
  const { root } = turn.state;
  if (root.next === 0) openIteration(turn, root);
  else reopen(turn, { block: root, iteration: 0 });
}

/** Those of the steps go on that wait for no need any more. */
export function considerWaiting(
  turn: Turn,
  { block, iteration }: Opening,
  positions: Iterable<number> = block.level.steps.keys(),
): void {
  for (const position of positions) {
    const cell = { block, index: iteration * block.level.steps.length + position };
    const isFree = tallyOf(cell).ended === stepOf(cell).needs.length;
    if (isFree && statusOf(cell) === "waiting") turn.tasks.push({ kind: "consider", cell });
  }
}

interface Opening {
  readonly block: Block;
  readonly iteration: number;
}

/** An iteration goes on in which some steps are to be done again. */
function reopen(turn: Turn, at: Opening): void {
  const { block, iteration } = at;
  block.open.add(iteration);
  if (block.parent !== null) turn.state.openIterations += 1;
  considerWaiting(turn, at);
  if (block.unended[iteration] === 0) turn.tasks.push({ kind: "end_iteration", block, iteration });
}

/** Takes back what an iteration held while it was open. */
export function closeIteration(turn: Turn, block: Block, iteration: number): void {
  block.open.delete(iteration);
  turn.state.openIterations -= 1;
  turn.closed.push({ block, iteration, variables: block.variables });
}

/** Whether iterations remain that have not begun and still may. */
export function hasMore(block: Block): boolean {
  if (block.stop !== null) return false;
  return (block.again?.length ?? 0) > 0 || (block.next < block.count && block.mayOpen);
}

function hasNeed({ active, ready, readyFrom, definition, paused }: RunState): boolean {
  if (paused !== null) return false;
  return active + ready.length - readyFrom < (definition.maxParallelSteps ?? QUEUED_AHEAD);
}

function openWithin(turn: Turn, block: Block): boolean {
  const { openable } = block;
  for (const child of openable) {
    const hasOpened = openWithin(turn, child);
    if (hasOpened && openable.size === 1) return true;
    openable.delete(child);
    if (!hasOpened) continue;
    // To the end of the line.
    openable.add(child);
    return true;
  }
  if (!mayOpen(turn.state, block)) return false;
  openIteration(turn, block);
  return true;
}

function mayOpen({ openIterations }: RunState, block: Block): boolean {
  if (block.parent === null || !hasMore(block) || block.open.size >= block.window) return false;
  return openIterations < OPEN_ITERATIONS_MAX || block.open.size === 0;
}

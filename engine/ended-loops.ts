import type { Block, Cell, Lineage, RunState } from "./run-state.js";

/**
 * Loops within loops that are kept after their end, so that a restart can go on where they were. All loops of the workflow
 * itself are kept; of those within others only such as did not succeed, and no more than this: further ones begin anew.
 */
const ENDED_LOOPS_MAX = 10_000;

/** A loop has ended: what became of its iterations is kept for a restart, some 15 bytes a step. */
export function keepEnded(
  state: RunState,
  cell: Cell,
  { block, isSucceeded }: { readonly block: Block; readonly isSucceeded: boolean },
): void {
  const isNested = cell.block.parent !== null;
  if (isNested && (isSucceeded || state.endedLoops >= ENDED_LOOPS_MAX)) return;
  cell.block.ended ??= new Map();
  cell.block.ended.set(cell.index, block);
  if (isNested) state.endedLoops += 1;
}

/** The loop begins again: what was kept of it, no longer. */
export function takeEnded(state: RunState, cell: Cell): Block | null {
  const kept = cell.block.ended?.get(cell.index);
  if (kept === undefined) return null;
  cell.block.ended?.delete(cell.index);
  if (cell.block.parent !== null) state.endedLoops -= 1;
  return kept;
}

/** What a loop that begins anew takes over from its last life, so that no attempt within it has a number that one had before. */
export function lineageOf(state: RunState, cell: Cell, kept: Block | null): Lineage {
  for (const inner of kept?.ended?.values() ?? []) makePast(inner);
  if (kept !== null) return { attempts: kept.attempts, floor: kept.floor, ended: kept.ended };
  const isFirst = (cell.block.attempts[cell.index] ?? 0) === 0;
  return { attempts: null, floor: isFirst ? 0 : state.attemptMax, ended: null };
}

/** The loop will begin anew. */
export function makePast(block: Block): void {
  block.isToResume = false;
  block.isPast = true;
}

/** What is known of a loop that has ended, or is to go on: null where it was not kept, or will begin anew. */
export function endedLoop({ block, index }: Cell): Block | null {
  const loop = block.ended?.get(index);
  return loop === undefined || loop.isPast ? null : loop;
}

/** Counts leaf steps that the run is asked for, for it and all loops around. */
export function countJobs(state: RunState, block: Block, jobs: number): void {
  state.jobs += jobs;
  for (let at: Block | undefined = block; at !== undefined; at = at.parent?.block) at.jobs += jobs;
}

import type { Json } from "@headwater/workflow";
import { jobsWithin, runInPlaceOf } from "./roll-up.js";
import { statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import type { StepChange } from "./step-change.js";
import { formatPath } from "./step-path.js";
import { isStepEnded } from "./step-status.js";
import type { Turn } from "./turn.js";

/** The instances that the turn changed, as they now are. A loop comes before its iterations. */
export function tellChanges(turn: Turn): readonly StepChange[] {
  const changes: StepChange[] = [];
  for (const [block, indices] of turn.touched) {
    for (const index of indices) changes.push(describeStep(turn.state, { block, index }));
  }
  return changes;
}

/** Drops what only iterations under way need; their last changes have been told. */
export function forgetClosed(turn: Turn): void {
  for (const { block, iteration } of turn.closed) {
    const width = block.level.steps.length;
    for (let index = iteration * width; index < (iteration + 1) * width; index += 1) {
      block.details.delete(index);
    }
  }
}

/** How the state's steps stand now: those of the workflow, and of every iteration that is open. */
export function describeSteps(state: RunState): readonly StepChange[] {
  return openCells(state).map((cell) => describeStep(state, cell));
}

/** Every instance of the iterations that are open, in order. */
export function openCells(state: RunState): readonly Cell[] {
  const cells: Cell[] = [];
  collectOpen(state.root, cells);
  return cells;
}

function collectOpen(block: Block, into: Cell[]): void {
  const width = block.level.steps.length;
  // The steps of the workflow stay known when the run has ended.
  const iterations = block.parent === null ? [0] : block.open;
  for (const iteration of iterations) {
    for (let index = iteration * width; index < (iteration + 1) * width; index += 1) {
      into.push({ block, index });
      const child = block.children.get(index);
      if (child !== undefined) collectOpen(child, into);
    }
  }
}

/** One step instance as people see it. */
function describeStep({ attempt: runAttempt }: RunState, cell: Cell): StepChange {
  const { block, index } = cell;
  const detail = block.details.get(index);
  return {
    path: formatPath(cell),
    kind: stepOf(cell).definition.kind,
    status: statusOf(cell),
    attempt: block.attempts[index] ?? 0,
    queuedAt: detail?.queuedAt ?? null,
    startedAt: detail?.startedAt ?? null,
    endedAt: detail?.endedAt ?? null,
    reason: detail?.reason ?? retriedBecause(cell),
    outputs: outputsOf(cell),
    iterations: iterationsOf(cell),
    jobs: jobsWithin(cell),
    startedRun: runInPlaceOf(cell),
    runAttempt,
  };
}

/** Why a step that goes on, or went well in the end, was tried again: nothing else would tell. */
function retriedBecause(cell: Cell): string | null {
  const failure = cell.block.details.get(cell.index)?.lastFailure ?? null;
  const status = statusOf(cell);
  return isStepEnded(status) && status !== "succeeded" ? null : failure;
}

/** Those of a leaf; what a foreach lifts from its iterations stands in their own rows. */
function outputsOf({ block, index }: Cell): Readonly<Record<string, Json>> | null {
  return block.outputs.get(index) ?? null;
}

function iterationsOf({ block, index }: Cell): StepChange["iterations"] {
  const child = block.children.get(index);
  if (child === undefined) return block.details.get(index)?.iterations ?? null;
  return { total: child.count, running: child.open.size, ...child.tally };
}

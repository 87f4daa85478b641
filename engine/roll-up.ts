import type { JobCounts } from "./job-counts.js";
import { STEP_STATUSES } from "./step-status.js";
import type { StepStatus } from "./step-status.js";
import { statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";

const CODES = new Map(STEP_STATUSES.map((status, code) => [status, code]));
const WAITING = codeOf("waiting");
const SKIPPED = codeOf("skipped");

/** The jobs of a run, loops within loops included; runs of other workflows that its steps have started count for themselves. */
export function jobsOf({ root }: RunState): JobCounts {
  return toCounts(root.rollUp);
}

/** The jobs of all iterations of a loop that has begun; null for any other step. */
export function jobsWithin({ block, index }: Cell): JobCounts | null {
  const rollUp = block.rollUps.get(index);
  return rollUp === undefined ? null : toCounts(rollUp);
}

/** The run of another workflow that counts in the place of the step; null when it counts itself. */
export function runInPlaceOf({ block, index }: Cell): string | null {
  return block.runs.get(index) ?? null;
}

/** A job takes another status: counted here and in all loops around, and nowhere else. */
export function countStatus(cell: Cell, from: StepStatus, to: StepStatus): void {
  if (from === to || !isCounted(cell)) return;
  shift(cell.block, { from: codeOf(from), to: codeOf(to), jobs: 1 });
}

/** Of that many iterations nothing has begun. */
export function countWaiting(block: Block, iterations: number): void {
  addTo(block, WAITING, iterations * block.level.jobs);
}

/** A loop has begun: from now on its jobs are those of the loops around, too. */
export function joinRollUp({ block, index }: Cell, loop: Block): void {
  block.rollUps.set(index, loop.rollUp);
  for (const [code, jobs] of loop.rollUp.entries()) if (jobs > 0) addTo(block, code, jobs);
}

/** What a step has done is void: a loop has no jobs until it begins anew, and a run counts no longer in the place of a step. */
export function leaveRollUp(cell: Cell): void {
  const { block, index } = cell;
  const loop = block.rollUps.get(index);
  if (loop !== undefined) {
    block.rollUps.delete(index);
    for (const [code, jobs] of loop.entries()) if (jobs > 0) addTo(block, code, -jobs);
  }
  if (block.runs.delete(index)) addTo(block, codeOf(statusOf(cell)), 1);
}

/** The run of another workflow that the step asked for is there. */
export function putRunInPlace(cell: Cell, runId: string): void {
  if (isCounted(cell)) addTo(cell.block, codeOf(statusOf(cell)), -1);
  cell.block.runs.set(cell.index, runId);
}

/** A loop has ended: the iterations that never began count as skipped. */
export function skipUnbegun(block: Block): void {
  const iterations = block.count - block.next;
  block.tally.skipped += iterations;
  shift(block, { from: WAITING, to: SKIPPED, jobs: iterations * block.level.jobs });
}

/** It goes on, and they may begin again. */
export function unskipUnbegun(block: Block): void {
  const iterations = block.count - block.next;
  block.tally.skipped -= iterations;
  shift(block, { from: SKIPPED, to: WAITING, jobs: iterations * block.level.jobs });
}

/** The steps of a workflow are others now: those that were kept stand where they did, the others wait. */
export function countAnew(block: Block): void {
  block.rollUp.fill(0);
  for (const index of block.level.steps.keys()) {
    const cell = { block, index };
    if (isCounted(cell)) addTo(block, codeOf(statusOf(cell)), 1);
    for (const [code, jobs] of (block.rollUps.get(index) ?? []).entries()) addTo(block, code, jobs);
  }
}

function isCounted(cell: Cell): boolean {
  return stepOf(cell).inner === null && !cell.block.runs.has(cell.index);
}

function shift(
  block: Block,
  { from, to, jobs }: { readonly from: number; readonly to: number; readonly jobs: number },
): void {
  addTo(block, from, -jobs);
  addTo(block, to, jobs);
}

function addTo(block: Block, code: number, jobs: number): void {
  for (let at: Block | undefined = block; at !== undefined; at = at.parent?.block)
    at.rollUp[code] = (at.rollUp[code] ?? 0) + jobs;
}

function toCounts(rollUp: Uint32Array): JobCounts {
  const counts: Partial<Record<StepStatus, number>> = {};
  for (const [code, status] of STEP_STATUSES.entries()) {
    const jobs = rollUp[code] ?? 0;
    if (jobs > 0) counts[status] = jobs;
  }
  return counts;
}

function codeOf(status: StepStatus): number {
  return CODES.get(status) ?? 0;
}

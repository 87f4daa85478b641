import type { CelValue, Evaluated, ForeachStep, Scope } from "@headwater/workflow";
import { evaluateList } from "./evaluate-list.js";
import { hasOutputs, liftOutputs } from "./lifted-outputs.js";
import type { Level } from "./plan.js";
import { OUTCOME, createBlock, detailOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { formatPath } from "./step-path.js";
import { stopBlock } from "./stop.js";
import { succeedStep } from "./success.js";
import { clearStepTimer, endStep, setStatus, setStepTimer, touch } from "./turn.js";
import type { Turn } from "./turn.js";

/** One foreach may have so many iterations. */
export const ITERATIONS_MAX = 100_000;

/**
 * So many iterations are open at once where `max_parallel` does not say less: far more than workers can take, and few
 * enough for one decision.
 */
export const OPEN_ITERATIONS_MAX = 10_000;

/** Begins a foreach: evaluates its items, then opens as many iterations as it may. */
export function startForeach(turn: Turn, cell: Cell, definition: ForeachStep): void {
  const items = evaluateItems(turn.state, definition, scopeOf(turn.state, cell));
  if (!items.ok) return endStep(turn, cell, { status: "failed", reason: items.message });
  const count = items.value.reduce((product, list) => product * list.length, 1);
  if (count > ITERATIONS_MAX) {
    const reason = `Cannot start foreach: it has ${count} iterations, the limit is ${ITERATIONS_MAX}`;
    return endStep(turn, cell, { status: "failed", reason });
  }
  const detail = detailOf(cell);
  detail.queuedAt = turn.now;
  detail.startedAt = turn.now;
  cell.block.attempts[cell.index] = 1;
  setStatus(turn, cell, "running");
  const block = createBlock({
    level: innerLevel(cell),
    path: formatPath(cell),
    parent: cell,
    count,
    items: items.value,
    window: Math.min(definition.maxParallel ?? OPEN_ITERATIONS_MAX, OPEN_ITERATIONS_MAX),
  });
  if (count === 0) return endForeach(turn, block, cell);
  cell.block.children.set(cell.index, block);
  if (definition.timeoutMs !== null) setStepTimer(turn, cell, turn.now + definition.timeoutMs);
  openIterations(turn, block);
}

/** Opens iterations while there is room: each begins with the steps that need no other. */
export function openIterations(turn: Turn, block: Block): void {
  const { first, steps } = block.level;
  while (block.open.size < block.window && block.next < block.count && mayOpen(block)) {
    const iteration = block.next;
    block.next += 1;
    block.open.add(iteration);
    block.unended[iteration] = steps.length;
    for (const position of first) {
      turn.tasks.push({ kind: "consider", cell: { block, index: iteration * steps.length + position } });
    }
    if (steps.length === 0) turn.tasks.push({ kind: "end_iteration", block, iteration });
  }
}

/** All steps of an iteration have ended: counts it, then opens the next one, or ends the foreach. */
export function endIteration(turn: Turn, cell: Cell, iteration: number): void {
  const block = cell.block.children.get(cell.index);
  if (block === undefined) return;
  block.open.delete(iteration);
  turn.closed.push({ block, iteration });
  touch(turn, cell);
  const outcome = outcomeOf(block, iteration);
  block.tally[outcome] += 1;
  if (outcome === "failed") applyOnFailure(turn, block, cell);
  openIterations(turn, block);
  if (block.open.size > 0) return;
  block.tally.skipped += block.count - block.next;
  cell.block.children.delete(cell.index);
  endForeach(turn, block, cell);
}

function evaluateItems(
  state: RunState,
  definition: ForeachStep,
  scope: Scope,
): Evaluated<readonly (readonly CelValue[])[]> {
  const lists: (readonly CelValue[])[] = [];
  for (const { variable, items } of definition.over) {
    const list = evaluateList(state.evaluator, items, scope);
    if (!list.ok)
      return { ok: false, message: `Cannot evaluate the items of "${variable}": ${list.message}` };
    lists.push(list.value);
  }
  return { ok: true, value: lists };
}

function innerLevel(cell: Cell): Level {
  return stepOf(cell).inner ?? { steps: [], positions: new Map(), first: [] };
}

function mayOpen(block: Block): boolean {
  return block.mayOpen && block.stop === null;
}

function outcomeOf(block: Block, iteration: number): "succeeded" | "failed" | "skipped" {
  const bits = block.outcomes[iteration] ?? 0;
  if ((bits & OUTCOME.failed) > 0) return "failed";
  if ((bits & OUTCOME.canceled) > 0) return "skipped";
  return (bits & OUTCOME.ran) > 0 || block.level.steps.length === 0 ? "succeeded" : "skipped";
}

function applyOnFailure(turn: Turn, block: Block, cell: Cell): void {
  const { definition } = stepOf(cell);
  if (definition.kind !== "foreach" || definition.onFailure === "continue") return;
  block.mayOpen = false;
  if (definition.onFailure === "stop_new" || block.stop !== null) return;
  stopBlock(turn, block, { status: null, reason: `another iteration failed: ${block.firstFailure ?? ""}` });
}

function endForeach(turn: Turn, block: Block, cell: Cell): void {
  clearStepTimer(turn, cell);
  if (hasOutputs(block.level)) cell.block.lifted.set(cell.index, liftOutputs(block));
  const { failed } = block.tally;
  detailOf(cell).iterations = { total: block.count, running: 0, ...block.tally };
  const status = block.stop?.status ?? (failed > 0 ? "failed" : "succeeded");
  if (status === "succeeded") return succeedStep(turn, cell, null);
  const reason =
    block.stop?.status === null || block.stop === null
      ? `${failed} of ${block.count} iterations failed; the first: ${block.firstFailure ?? "unknown"}`
      : block.stop.reason;
  endStep(turn, cell, { status, reason });
}

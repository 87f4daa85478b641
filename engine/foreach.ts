import { ITERATIONS_MAX, JOBS_MAX } from "@headwater/workflow";
import type { CelValue, Evaluated, ForeachStep, Scope } from "@headwater/workflow";
import { cancelAgain } from "./again.js";
import { evaluateList } from "./evaluate-list.js";
import { firstFailureOf } from "./first-failure.js";
import { outcomeOf } from "./iteration-outcome.js";
import { hasOutputs, liftOutputs } from "./lifted-outputs.js";
import { closeIteration, hasMore, offerIterations } from "./openings.js";
import type { Level } from "./plan.js";
import { countJobs, keepEnded, lineageOf, takeEnded } from "./ended-loops.js";
import { joinRollUp, skipUnbegun } from "./roll-up.js";
import { createBlock, detailOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { formatPath } from "./step-path.js";
import { stopBlock } from "./stop.js";
import { succeedStep } from "./success.js";
import { beginAttempt, clearStepTimer, endStep, setStatus, setStepTimer, touch } from "./turn.js";
import type { Turn } from "./turn.js";

/** Begins a foreach: evaluates its items. Its iterations open when the run has need of them; see `openings.ts`. */
export function startForeach(turn: Turn, cell: Cell, definition: ForeachStep): void {
  const kept = takeEnded(turn.state, cell);
  if (kept?.isToResume === true) return resumeForeach(turn, cell, { block: kept, definition });
  const items = evaluateItems(turn.state, definition, scopeOf(turn.state, cell));
  if (!items.ok) return endStep(turn, cell, { status: "failed", reason: items.message });
  const count = items.value.reduce((product, list) => product * list.length, 1);
  const level = innerLevel(cell);
  if (kept !== null) countJobs(turn.state, cell.block, -kept.jobs);
  const problem = sizeProblem(turn.state, level, count);
  if (problem !== null) return endStep(turn, cell, { status: "failed", reason: problem });
  const lineage = lineageOf(turn.state, cell, kept);
  beginAttempt(turn, cell);
  setStatus(turn, cell, "running");
  const shape = { level, path: formatPath(cell), parent: cell, count, items: items.value };
  const block = createBlock({ ...shape, window: definition.maxParallel ?? count }, lineage);
  countJobs(turn.state, block, count * level.jobs);
  joinRollUp(cell, block);
  if (count === 0) return endForeach(turn, block, cell);
  cell.block.children.set(cell.index, block);
  if (definition.timeoutMs !== null) setStepTimer(turn, cell, turn.now + definition.timeoutMs);
  offerIterations(block);
}

/** Goes on with the iterations that are to be done again, and with those that never began. */
function resumeForeach(
  turn: Turn,
  cell: Cell,
  { block, definition }: { readonly block: Block; readonly definition: ForeachStep },
): void {
  block.isToResume = false;
  block.window = definition.maxParallel ?? block.count;
  beginAttempt(turn, cell);
  setStatus(turn, cell, "running");
  cell.block.children.set(cell.index, block);
  if (definition.timeoutMs !== null) setStepTimer(turn, cell, turn.now + definition.timeoutMs);
  if (hasMore(block)) offerIterations(block);
  else endForeach(turn, block, cell);
}

/** All steps of an iteration have ended: counts it. The next one may open, or the foreach ends. */
export function endIteration(turn: Turn, cell: Cell, iteration: number): void {
  const block = cell.block.children.get(cell.index);
  if (block === undefined) return;
  closeIteration(turn, block, iteration);
  touch(turn, cell);
  const outcome = outcomeOf(block, iteration);
  block.tally[outcome] += 1;
  if (outcome === "failed") applyOnFailure(turn, block, cell);
  if (hasMore(block)) offerIterations(block);
  else if (block.open.size === 0) endForeach(turn, block, cell);
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
  return stepOf(cell).inner ?? { steps: [], positions: new Map(), first: [], jobs: 0 };
}

function sizeProblem({ jobs }: RunState, level: Level, count: number): string | null {
  if (count > ITERATIONS_MAX) {
    return `Cannot start foreach: it has ${count} iterations, the limit is ${ITERATIONS_MAX}; loop over fewer items`;
  }
  const total = jobs + count * level.jobs;
  if (total <= JOBS_MAX) return null;
  return (
    `Cannot start foreach: with its ${count} iterations of ${level.jobs} jobs the run would have ${total} jobs, ` +
    `the limit is ${JOBS_MAX}; loop over fewer items, or do more in one job`
  );
}

function applyOnFailure(turn: Turn, block: Block, cell: Cell): void {
  const { definition } = stepOf(cell);
  if (definition.kind !== "foreach" || definition.onFailure === "continue") return;
  block.mayOpen = false;
  cancelAgain(turn, block);
  if (definition.onFailure === "stop_new" || block.stop !== null) return;
  stopBlock(turn, block, {
    status: null,
    reason: `another iteration failed: ${firstFailureOf(block) ?? ""}`,
  });
}

/** No iteration is open, and none will open any more. */
export function endForeach(turn: Turn, block: Block, cell: Cell): void {
  cancelAgain(turn, block);
  skipUnbegun(block);
  cell.block.children.delete(cell.index);
  cell.block.openable.delete(block);
  clearStepTimer(turn, cell);
  if (hasOutputs(block.level)) cell.block.lifted.set(cell.index, liftOutputs(block));
  const { failed } = block.tally;
  detailOf(cell).iterations = { total: block.count, running: 0, ...block.tally };
  const status = block.stop?.status ?? (failed > 0 ? "failed" : "succeeded");
  keepEnded(turn.state, cell, { block, isSucceeded: status === "succeeded" });
  if (status === "succeeded") return succeedStep(turn, cell, { outputs: {} });
  const reason =
    block.stop?.status === null || block.stop === null
      ? `${failed} of ${block.count} iterations failed; the first: ${firstFailureOf(block) ?? "unknown"}`
      : block.stop.reason;
  endStep(turn, cell, { status, reason });
}

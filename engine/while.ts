import { checkValue, JOBS_MAX, toCelValue } from "@headwater/workflow";
import type { CelValue, Evaluated, LoopVariable, Scope, ValueTemplate, WhileStep } from "@headwater/workflow";
import { firstFailureOf } from "./first-failure.js";
import { outcomeOf } from "./iteration-outcome.js";
import { lastOutputs } from "./lifted-outputs.js";
import { closeIteration, openIteration } from "./openings.js";
import { countWaiting, joinRollUp } from "./roll-up.js";
import { addIteration, createBlock, detailOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import { countJobs, keepEnded, lineageOf, takeEnded } from "./ended-loops.js";
import { iterationScope, loopScope, scopeOf } from "./scope.js";
import { formatPath } from "./step-path.js";
import { succeedStep } from "./success.js";
import { beginAttempt, clearStepTimer, endStep, setStatus, setStepTimer, touch } from "./turn.js";
import type { StepEnd, Turn } from "./turn.js";

type Variables = Readonly<Record<string, CelValue>>;

/** Begins a while: its variables take their first values, then its condition is asked. */
export function startWhile(turn: Turn, cell: Cell, step: WhileStep): void {
  const kept = takeEnded(turn.state, cell);
  if (kept?.isToResume === true) return resumeWhile(turn, cell, { block: kept, step });
  if (kept !== null) countJobs(turn.state, cell.block, -kept.jobs);
  const scope = scopeOf(turn.state, cell);
  const variables = evaluateVariables(turn.state, step, (variable) => ({
    template: variable.initial,
    scope,
    place: `vars.${variable.name}`,
  }));
  if (!variables.ok) return endStep(turn, cell, { status: "failed", reason: variables.message });
  const level = stepOf(cell).inner;
  if (level === null) return;
  const lineage = lineageOf(turn.state, cell, kept);
  beginAttempt(turn, cell);
  setStatus(turn, cell, "running");
  const path = formatPath(cell);
  const block = createBlock({ level, path, parent: cell, count: 0, items: [], window: 1 }, lineage);
  block.variables = variables.value;
  joinRollUp(cell, block);
  cell.block.children.set(cell.index, block);
  if (step.timeoutMs !== null) setStepTimer(turn, cell, turn.now + step.timeoutMs);
  goOn(turn, block, step);
}

/** Does its last iteration again, with the variables that it had, and goes on from there. */
function resumeWhile(
  turn: Turn,
  cell: Cell,
  { block, step }: { readonly block: Block; readonly step: WhileStep },
): void {
  block.isToResume = false;
  beginAttempt(turn, cell);
  setStatus(turn, cell, "running");
  cell.block.children.set(cell.index, block);
  if (step.timeoutMs !== null) setStepTimer(turn, cell, turn.now + step.timeoutMs);
  openIteration(turn, block);
}

/** All steps of an iteration have ended: the variables take their next values, and the condition is asked again. */
export function endWhileIteration(turn: Turn, cell: Cell, iteration: number): void {
  const block = cell.block.children.get(cell.index);
  const { definition } = stepOf(cell);
  if (block === undefined || definition.kind !== "while") return;
  closeIteration(turn, block, iteration);
  touch(turn, cell);
  const outcome = outcomeOf(block, iteration);
  block.tally[outcome] += 1;
  forgetOutputs(block, iteration - 1);
  const { stop } = block;
  if (stop !== null) return endWhile(turn, block, { status: stop.status ?? "failed", reason: stop.reason });
  if (outcome === "failed") {
    return endWhile(turn, block, {
      status: "failed",
      reason: firstFailureOf(block) ?? "an iteration failed",
    });
  }
  const variables = nextVariables(turn.state, block, { step: definition, iteration });
  if (!variables.ok) return endWhile(turn, block, { status: "failed", reason: variables.message });
  block.variables = variables.value;
  goOn(turn, block, definition);
}

/** Asks the condition: another iteration, or the end. */
function goOn(turn: Turn, block: Block, step: WhileStep): void {
  const { state } = turn;
  const cell = block.parent;
  if (cell === null) return;
  const scope = { ...scopeOf(state, cell), loop: loopScope(block) };
  const holds = state.evaluator.condition(step.while, scope);
  if (!holds.ok) {
    return endWhile(turn, block, { status: "failed", reason: `Cannot evaluate "while": ${holds.message}` });
  }
  if (!holds.value) return endWhile(turn, block, { status: "succeeded", reason: null });
  const problem = sizeProblem(state, block, step);
  if (problem !== null) return endWhile(turn, block, { status: "failed", reason: problem });
  countJobs(state, block, block.level.jobs);
  addIteration(block);
  countWaiting(block, 1);
  openIteration(turn, block);
  touch(turn, cell);
}

function sizeProblem({ jobs }: RunState, { count, level }: Block, step: WhileStep): string | null {
  if (count >= step.maxIterations) {
    return (
      `Cannot go on: "while" is still true after ${count} iterations, the limit of this loop; ` +
      `make sure that ${step.while} becomes false, or raise max_iterations`
    );
  }
  const total = jobs + level.jobs;
  if (total <= JOBS_MAX) return null;
  return `Cannot go on: after ${count} iterations the run would have ${total} jobs, the limit is ${JOBS_MAX}`;
}

function endWhile(turn: Turn, block: Block, end: StepEnd): void {
  const cell = block.parent;
  if (cell === null) return;
  cell.block.children.delete(cell.index);
  cell.block.openable.delete(block);
  clearStepTimer(turn, cell);
  cell.block.lifted.set(cell.index, lastOutputs(block));
  detailOf(cell).iterations = { total: block.count, running: 0, ...block.tally };
  keepEnded(turn.state, cell, { block, isSucceeded: end.status === "succeeded" });
  if (end.status === "succeeded") return succeedStep(turn, cell, { outputs: {} });
  endStep(turn, cell, end);
}

/** Only the last iteration's are asked for. */
function forgetOutputs(block: Block, iteration: number): void {
  const width = block.level.steps.length;
  for (let index = iteration * width; index < (iteration + 1) * width; index += 1) {
    block.outputs.delete(index);
    block.lifted.delete(index);
  }
}

function nextVariables(
  state: RunState,
  block: Block,
  { step, iteration }: { readonly step: WhileStep; readonly iteration: number },
): Evaluated<Variables> {
  const scope = iterationScope(state, block, iteration);
  const changing = { ...step, vars: step.vars.filter(({ next }) => next !== null) };
  const next = evaluateVariables(state, changing, ({ name, next: template, initial }) => ({
    template: template ?? initial,
    scope,
    place: `next.${name}`,
  }));
  return next.ok ? { ok: true, value: { ...block.variables, ...next.value } } : next;
}

function evaluateVariables(
  { evaluator }: RunState,
  { vars }: WhileStep,
  site: (variable: LoopVariable) => {
    readonly template: ValueTemplate;
    readonly scope: Scope;
    readonly place: string;
  },
): Evaluated<Variables> {
  const variables: Record<string, CelValue> = {};
  for (const variable of vars) {
    const { template, scope, place } = site(variable);
    const value = evaluator.resolveValue(template, scope);
    if (!value.ok) return { ok: false, message: `Cannot evaluate "${place}": ${value.message}` };
    const problem = checkValue(value.value, variable.type);
    if (problem !== null) return { ok: false, message: `"${place}" ${problem}` };
    variables[variable.name] = toCelValue(value.value, variable.type);
  }
  return { ok: true, value: variables };
}

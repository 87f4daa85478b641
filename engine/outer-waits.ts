import { cellAt } from "./operations/reset.js";
import type { Iteration } from "./operations/reset.js";
import { statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import { formatPath, parseSegment, plannedStep } from "./step-path.js";
import { isStepEnded } from "./step-status.js";
import { describeWaits, waitsOf } from "./waits.js";
import type { StepWait } from "./waits.js";

/** What something waits for that has not begun: what holds up the loop around it; or why there is no such thing. */
export type OuterWaits =
  | { readonly kind: "found"; readonly waits: readonly StepWait[] }
  | { readonly kind: "unknown"; readonly words: string };

/** Looks from the outside in, up to where nothing has begun. For an iteration that goes on, such as `load[3]`: what is within. */
export function outerWaits(state: RunState, path: string): OuterWaits {
  const none = unknown(`the workflow has no step "${path}"`);
  if (plannedStep(state, path) === null) return none;
  if (state.status !== "running") return found([]);
  let at: Iteration = { block: state.root, iteration: 0 };
  for (const segment of path.split(".")) {
    const { id, iteration } = parseSegment(segment);
    const position = at.block.level.positions.get(id);
    if (position === undefined) return none;
    const cell = cellAt(at, position);
    const loop = cell.block.children.get(cell.index);
    if (loop === undefined || iteration === null || !loop.open.has(iteration))
      return waitsOfClosed(state, { cell, loop, iteration });
    at = { block: loop, iteration };
  }
  const within = `${path}.`;
  return found(describeWaits(state).filter((wait) => wait.path.startsWith(within)));
}

interface Closed {
  readonly cell: Cell;
  /** Once it has begun. */
  readonly loop: Block | undefined;
  /** Null where none is named. */
  readonly iteration: number | null;
}

function waitsOfClosed(state: RunState, closed: Closed): OuterWaits {
  const { cell, loop, iteration } = closed;
  const problem = iteration === null ? null : iterationProblem(closed, iteration);
  if (problem !== null) return unknown(problem);
  if (isStepEnded(statusOf(cell)) || isOver(loop, iteration)) return found([]);
  const waits = waitsOf(state, cell);
  const isNext = loop !== undefined && stepOf(cell).definition.kind === "while";
  return found(isNext ? [...waits, turnOfWhile(cell, loop)] : waits);
}

function iterationProblem({ cell, loop }: Closed, iteration: number): string | null {
  const { definition } = stepOf(cell);
  const name = formatPath(cell);
  if (!("steps" in definition)) return `"${name}" is no loop`;
  if (!Number.isInteger(iteration) || iteration < 0) return `iterations of "${name}" are numbered from 0`;
  const max = definition.kind === "while" ? definition.maxIterations : loop?.count;
  if (max === undefined || iteration < max) return null;
  return definition.kind === "while"
    ? `"${name}" has at most ${max} iterations, numbered from 0`
    : `"${name}" has ${max} iterations, numbered from 0`;
}

/** It began, and has ended. */
function isOver(loop: Block | undefined, iteration: number | null): boolean {
  if (loop === undefined || iteration === null) return false;
  return iteration < loop.next && loop.again?.includes(iteration) !== true;
}

/** Iterations of a while go one after the other. */
function turnOfWhile(cell: Cell, loop: Block): StepWait {
  return {
    path: formatPath(cell),
    status: statusOf(cell),
    kind: "iterations",
    reason: `${formatPath(cell)}[${loop.next - 1}] goes on; the next one begins when it has ended, if the condition still holds`,
    since: cell.block.details.get(cell.index)?.startedAt ?? null,
    endsAt: null,
    holder: null,
    runId: null,
    count: 1,
  };
}

function found(waits: readonly StepWait[]): OuterWaits {
  return { kind: "found", waits };
}

function unknown(words: string): OuterWaits {
  return { kind: "unknown", words };
}

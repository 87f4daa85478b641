import type { StepPath } from "./event.js";
import type { PlannedStep } from "./plan.js";
import { iterationOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";

/** `load[3].copy`: how people and journals name a step instance. */
export function formatPath(cell: Cell): StepPath {
  const { id } = stepOf(cell).definition;
  const { path } = cell.block;
  return path === "" ? id : `${path}[${iterationOf(cell.block, cell.index)}].${id}`;
}

/** `load.copy`: the step of which this is an instance, with those around it. */
export function nameOfStep(cell: Cell): string {
  const { id } = stepOf(cell).definition;
  const { parent } = cell.block;
  return parent === null ? id : `${nameOfStep(parent)}.${id}`;
}

/**
 * The step of which a path names an instance: `load[3].copy` is one of `load.copy`, `report/extract` of `report.extract`. Read
 * by hand, since a simulation asks it of every instance of every step.
 */
export function dottedPath(path: StepPath): string {
  let dotted = "";
  let from = 0;
  for (let open = path.indexOf("["); open >= 0; open = path.indexOf("[", from)) {
    dotted += path.slice(from, open);
    from = path.indexOf("]", open) + 1;
  }
  dotted += path.slice(from);
  return dotted.includes("/") ? dotted.replaceAll("/", ".") : dotted;
}

/** Names the run that stands for an attempt of a step; unique within the run that asks for it. */
export function childRunKey(path: StepPath, attempt: number): string {
  return `${path}/${attempt}`;
}

/** The instance with that path; null when there is none now: never was, not begun, or its iteration has ended. */
export function locate(state: RunState, path: StepPath): Cell | null {
  let block: Block | undefined = state.root;
  let outerIteration = 0;
  let from = 0;
  // Walked without a list of the segments, since it is walked for every event.
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", from)) {
    const { id, iteration } = parseSegment(path.slice(from, dot));
    const position: number | undefined = block.level.positions.get(id);
    if (position === undefined || iteration === null) return null;
    block = block.children.get(cellIn(block, position, outerIteration).index);
    if (block === undefined) return null;
    outerIteration = iteration;
    from = dot + 1;
  }
  const position = block.level.positions.get(path.slice(from));
  if (position === undefined) return null;
  const cell = cellIn(block, position, outerIteration);
  return isBegun(cell) ? cell : null;
}

/** The step that a path names, whether or not its instance exists; null when the workflow has none of that name. */
export function plannedStep(state: RunState, path: StepPath): PlannedStep | null {
  let level: Block["level"] | null = state.root.level;
  let step: PlannedStep | null = null;
  for (const segment of path.split(".")) {
    const position: number | undefined = level?.positions.get(parseSegment(segment).id);
    step = position === undefined ? null : (level?.steps[position] ?? null);
    if (step === null) return null;
    level = step.inner;
  }
  return step;
}

function cellIn(block: Block, position: number, iteration: number): Cell {
  return { block, index: iteration * block.level.steps.length + position };
}

/** `load[3]`. Read by hand, since it is read for every event; what is no number is an iteration that never is open. */
export function parseSegment(segment: string): { readonly id: string; readonly iteration: number | null } {
  const bracket = segment.indexOf("[");
  if (bracket < 0) return { id: segment, iteration: null };
  return { id: segment.slice(0, bracket), iteration: Number(segment.slice(bracket + 1, -1)) };
}

function isBegun({ block, index }: Cell): boolean {
  return block.open.has(iterationOf(block, index));
}

import { meansTheSame } from "@headwater/workflow";
import type { Json, StepDefinition } from "@headwater/workflow";
import { planLevel } from "../plan.js";
import type { Level, PlannedStep } from "../plan.js";
import { createBlock, stepOf } from "../run-state.js";
import type { Block, RunState } from "../run-state.js";
import { countAnew } from "../roll-up.js";
import { parseSegment } from "../step-path.js";
import type { Turn } from "../turn.js";
import type { Action, BoundVersion } from "./action.js";

type Restart = Action & { readonly name: "restart" };

/**
 * Binds the run to other params or another version. Answers the positions of the steps, in its steps as they now are, that
 * are not what they were: new ones, changed ones, and those that read a param that changed. They cannot keep what they left.
 */
export function rebind(turn: Turn, action: Restart): ReadonlySet<number> {
  const { state } = turn;
  const changed = changedPositions(state, action);
  if (action.params !== null) state.input = { ...state.input, params: action.params };
  if (action.version !== null) adoptVersion(turn, action.version, changed);
  return changed;
}

/** Which steps of the workflow would not be what they were. A loop of which an iteration is asked for is, where that is still its iteration. */
export function changedPositions(state: RunState, action: Restart): ReadonlySet<number> {
  const { version, params } = action;
  const before = state.root.level;
  const after = version === null ? before : planLevel(version.definition.steps);
  const names = params === null ? [] : changedNames(state.input.params, params);
  const entered = enteredLoop(action);
  const isKept = (step: PlannedStep): boolean =>
    step.definition.id === entered ? keepsIterations(before, step) : isSame(before, step);
  const isChanged = (step: PlannedStep): boolean =>
    (version !== null && !isKept(step)) || names.some((name) => mentionsParam(step, name));
  return new Set([...after.steps.keys()].filter((position) => stepIs(after, position, isChanged)));
}

function stepIs(level: Level, position: number, test: (step: PlannedStep) => boolean): boolean {
  const step = level.steps[position];
  return step !== undefined && test(step);
}

function isSame(before: Level, { definition }: PlannedStep): boolean {
  const known = before.steps[before.positions.get(definition.id) ?? -1];
  return known !== undefined && meansTheSame(known.definition, definition);
}

/** The loop of the workflow of whose iterations one is to be done again, or a part of it; null for none. */
export function enteredLoop({ from, path }: Pick<Restart, "from" | "path">): string | null {
  if (from !== "step" || path === null) return null;
  const { id, iteration } = parseSegment(path.split(".")[0] ?? "");
  return iteration === null ? null : id;
}

/**
 * Whether the iterations of a loop are those that they were, whatever is done in them: it goes over the same items, and has the same steps
 * in the same order, of which those that are loops have not changed.
 */
function keepsIterations(before: Level, { definition }: PlannedStep): boolean {
  const known = before.steps[before.positions.get(definition.id) ?? -1]?.definition;
  if (known === undefined || !("steps" in known) || !("steps" in definition)) return false;
  if (!meansTheSame({ ...known, steps: [] }, { ...definition, steps: [] })) return false;
  const { steps } = definition;
  return (
    known.steps.length === steps.length &&
    known.steps.every((step, position) => keepsPlace(step, steps[position]))
  );
}

function keepsPlace(before: StepDefinition, after: StepDefinition | undefined): boolean {
  if (after?.id !== before.id || after.kind !== before.kind) return false;
  return !("steps" in before) || meansTheSame(before, after);
}

function changedNames(
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Of a loop, also where a step within it does. */
function mentionsParam({ mentions, inner }: PlannedStep, name: string): boolean {
  if (mentions.has("params") && mentions.has(name)) return true;
  return inner?.steps.some((step) => mentionsParam(step, name)) ?? false;
}

function adoptVersion(turn: Turn, version: BoundVersion, changed: ReadonlySet<number>): void {
  const { state } = turn;
  const { definition, number, commit } = version;
  const before = state.root;
  const level = planLevel(definition.steps);
  const after = createBlock({ level, path: "", parent: null, count: 1, items: [], window: 1 });
  after.next = before.next;
  after.jobs = before.jobs;
  for (const { definition: step } of before.level.steps) {
    if (!level.positions.has(step.id)) retire(turn, before, step.id);
  }
  for (const [position, { definition: step }] of level.steps.entries()) {
    const from = before.level.positions.get(step.id);
    after.attempts[position] =
      from === undefined ? (state.retired.get(step.id) ?? 0) : (before.attempts[from] ?? 0);
    if (from !== undefined && !changed.has(position))
      moveCell(before, from, { block: after, index: position });
  }
  countAnew(after);
  state.root = after;
  state.definition = definition;
  state.input = {
    ...state.input,
    definition,
    workflow: { ...state.input.workflow, version: number },
    run: { ...state.input.run, commit },
  };
}

/** A step that is no more: should it come back, its attempts go on from there. */
function retire({ state, effects }: Turn, root: Block, id: string): void {
  const position = root.level.positions.get(id) ?? 0;
  state.retired.set(id, root.attempts[position] ?? 0);
  effects.push({ kind: "forget_steps", path: id, isGone: true });
}

function moveCell(from: Block, index: number, to: { readonly block: Block; readonly index: number }): void {
  to.block.statuses[to.index] = from.statuses[index] ?? 0;
  move(from.details, to.block.details, { index, toIndex: to.index });
  move(from.outputs, to.block.outputs, { index, toIndex: to.index });
  move(from.lifted, to.block.lifted, { index, toIndex: to.index });
  move(from.rollUps, to.block.rollUps, { index, toIndex: to.index });
  move(from.runs, to.block.runs, { index, toIndex: to.index });
  if (from.skipped?.has(index) === true) (to.block.skipped ??= new Set()).add(to.index);
  const loop = from.ended?.get(index);
  if (loop === undefined) return;
  loop.parent = to;
  loop.level = stepOf(to).inner ?? loop.level;
  (to.block.ended ??= new Map()).set(to.index, loop);
}

function move<Value>(
  from: ReadonlyMap<number, Value>,
  to: Map<number, Value>,
  { index, toIndex }: { readonly index: number; readonly toIndex: number },
): void {
  const value = from.get(index);
  if (value !== undefined) to.set(toIndex, value);
}

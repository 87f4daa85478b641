import { toCelValue } from "@headwater/workflow";
import type { CelValue } from "@headwater/workflow";
import type { Level, PlannedStep } from "./plan.js";
import type { Block, LiftedOutputs } from "./run-state.js";

/** The outputs of a foreach that has ended: per nested step, and per output of it, the list over the iterations. */
export function liftOutputs(block: Block): LiftedOutputs {
  const width = block.level.steps.length;
  const lifted: Record<string, CelValue> = {};
  for (const [position, step] of block.level.steps.entries()) {
    const { id } = step.definition;
    if (step.inner === null) lifted[id] = liftLeaf(block, position, step);
    else lifted[id] = liftLevel(step.inner, block.count, (i) => block.lifted.get(i * width + position));
  }
  return lifted;
}

/** Whether any step below has outputs; where none has, a foreach leaves nothing behind. */
export function hasOutputs(level: Level): boolean {
  return level.steps.some(
    (step) =>
      Object.keys(step.definition.outputs).length > 0 || (step.inner !== null && hasOutputs(step.inner)),
  );
}

function liftLeaf(block: Block, position: number, step: PlannedStep): LiftedOutputs {
  const width = block.level.steps.length;
  const lifted: Record<string, CelValue> = {};
  for (const [name, type] of Object.entries(step.definition.outputs)) {
    const list: CelValue[] = [];
    for (let iteration = 0; iteration < block.count; iteration += 1) {
      const value = block.outputs.get(iteration * width + position)?.[name];
      list.push(value === undefined ? null : toCelValue(value, type));
    }
    lifted[name] = list;
  }
  return lifted;
}

/** Deeper loops keep their shape, with one more list around each output. */
function liftLevel(
  level: Level,
  count: number,
  read: (iteration: number) => LiftedOutputs | undefined,
): LiftedOutputs {
  const lifted: Record<string, CelValue> = {};
  for (const { definition, inner } of level.steps) {
    const of = (iteration: number): LiftedOutputs | undefined => nested(read(iteration)?.[definition.id]);
    lifted[definition.id] =
      inner === null ? liftNames(definition.outputs, count, of) : liftLevel(inner, count, of);
  }
  return lifted;
}

function liftNames(
  outputs: Readonly<Record<string, unknown>>,
  count: number,
  read: (iteration: number) => LiftedOutputs | undefined,
): LiftedOutputs {
  const lifted: Record<string, CelValue> = {};
  for (const name of Object.keys(outputs)) {
    lifted[name] = Array.from({ length: count }, (_, iteration) => read(iteration)?.[name] ?? null);
  }
  return lifted;
}

function nested(value: CelValue | undefined): LiftedOutputs | undefined {
  // By construction a step's name leads to a map of its outputs.
  return typeof value === "object" && value !== null ? (value as LiftedOutputs) : undefined;
}

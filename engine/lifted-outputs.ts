import { toCelValue } from "@headwater/workflow";
import type { CelValue, Json, ValueType } from "@headwater/workflow";
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

/** The outputs of a while that has ended: what the steps of its last iteration left, null where they left nothing. */
export function lastOutputs(block: Block): LiftedOutputs {
  const first = (block.count - 1) * block.level.steps.length;
  const last: Record<string, CelValue> = {};
  for (const [position, { definition, inner }] of block.level.steps.entries()) {
    const outputs = block.outputs.get(first + position);
    last[definition.id] =
      inner === null
        ? mapOutputs(definition.outputs, (name, type) => valueOf(outputs?.[name], type))
        : (block.lifted.get(first + position) ?? emptyOutputs(inner));
  }
  return last;
}

/** What a loop gives that never ran. */
function emptyOutputs(level: Level): LiftedOutputs {
  return Object.fromEntries(
    level.steps.map(({ definition, inner }) => [
      definition.id,
      inner === null ? mapOutputs(definition.outputs, () => null) : emptyOutputs(inner),
    ]),
  );
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
      list.push(valueOf(block.outputs.get(iteration * width + position)?.[name], type));
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

function mapOutputs(
  outputs: Readonly<Record<string, ValueType>>,
  read: (name: string, type: ValueType) => CelValue,
): LiftedOutputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, type]) => [name, read(name, type)]));
}

function valueOf(value: Json | undefined, type: ValueType): CelValue {
  return value === undefined ? null : toCelValue(value, type);
}

function nested(value: CelValue | undefined): LiftedOutputs | undefined {
  // By construction a step's name leads to a map of its outputs.
  return typeof value === "object" && value !== null ? (value as LiftedOutputs) : undefined;
}

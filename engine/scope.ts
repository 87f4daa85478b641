import { FAILED, SUCCEEDED, toCelValue } from "@headwater/workflow";
import type { CelValue, Json, Scope } from "@headwater/workflow";
import { tallyOf } from "./join.js";
import { detailOf, iterationOf, positionOf, statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import type { RunInput } from "./run-input.js";

const ANY_JSON = { name: "json" } as const;

/** What the expressions of the whole run see; `startedAt` is epoch milliseconds. */
export function baseScope({ input, attempt }: Pick<RunState, "input" | "attempt">, startedAt: number): Scope {
  const { run, workflow, signal, signals = {}, definition } = input;
  return {
    params: paramsScope(definition.params, input.params),
    run: {
      id: run.id,
      number: BigInt(run.number),
      scheduled_at: new Date(run.scheduledAt),
      created_at: new Date(run.createdAt),
      started_at: new Date(startedAt),
      trigger: run.trigger,
      attempt: BigInt(attempt),
      commit: run.commit,
      environment: run.environment,
      url: run.url,
    },
    workflow: { id: workflow.id, version: BigInt(workflow.version), owner: workflow.owner },
    signal: toCelValue(signal ?? {}, ANY_JSON),
    signals: toCelValue(signals, ANY_JSON),
  };
}

/** Params as expressions see them, each of its declared type. */
export function paramsScope(
  definitions: RunInput["definition"]["params"],
  values: Readonly<Record<string, Json>>,
): CelValue {
  const known = definitions.filter(({ name }) => Object.hasOwn(values, name));
  return Object.fromEntries(known.map(({ name, type }) => [name, toCelValue(values[name] ?? null, type)]));
}

/**
 * What the expressions of one step instance see: of all steps, those that it mentions. @param succeedsAt epoch milliseconds, of what the step
 * tells as it ends well, which sees itself as it will be then; null for all that is asked before
 */
export function scopeOf(state: RunState, cell: Cell, succeedsAt: number | null = null): Scope {
  const step = stepOf(cell);
  const { failed, succeeded } = tallyOf(cell);
  return {
    steps: stepsScope(cell, step.mentions, succeedsAt),
    each: step.mentions.has("each") ? eachScope(cell.block, iterationOf(cell.block, cell.index)) : {},
    loop: step.mentions.has("loop") ? loopScope(cell.block) : {},
    [SUCCEEDED]: succeeded === step.needs.length,
    [FAILED]: failed > 0,
    ...state.base,
  };
}

/** The loop variables of an iteration and of those around it; the inner ones win. `index` is the innermost one's. */
export function eachScope(block: Block, iteration: number): Readonly<Record<string, CelValue>> {
  if (block.parent === null) return {};
  const { block: outer, index } = block.parent;
  const variables: Record<string, CelValue> = { ...eachScope(outer, iterationOf(outer, index)) };
  const { definition } = stepOf(block.parent);
  if (definition.kind !== "foreach") return variables;
  let rest = iteration;
  for (let axis = block.items.length - 1; axis >= 0; axis -= 1) {
    const list = block.items[axis] ?? [];
    const name = definition.over[axis]?.variable;
    if (name !== undefined) variables[name] = list[rest % list.length] ?? null;
    rest = Math.floor(rest / list.length);
  }
  variables["index"] = BigInt(iteration);
  return variables;
}

/** The variables of the while loops around an iteration; the inner ones win. */
export function loopScope(block: Block): Readonly<Record<string, CelValue>> {
  if (block.parent === null) return {};
  return { ...loopScope(block.parent.block), ...block.variables };
}

/** What expressions see that belong to one iteration of a loop as a whole: its steps, and those around it. */
export function iterationScope(state: RunState, block: Block, iteration: number): Scope {
  const { parent } = block;
  if (parent === null) return state.base;
  const first = { block, index: iteration * block.level.steps.length };
  return {
    ...scopeOf(state, parent),
    loop: loopScope(block),
    steps: stepsScope(first, stepOf(parent).mentions),
  };
}

/** What expressions see when all steps of the workflow have ended; of its steps, those with these names. */
export function finalScope(state: RunState, mentions: ReadonlySet<string>): Scope {
  const steps = stepsScope({ block: state.root, index: 0 }, mentions);
  return { steps, each: {}, loop: {}, [SUCCEEDED]: true, [FAILED]: false, ...state.base };
}

/** Siblings of the same iteration first, then the steps of the levels around it. */
function stepsScope(cell: Cell, mentions: ReadonlySet<string>, succeedsAt: number | null = null): CelValue {
  const steps: Record<string, CelValue> = {};
  for (let at: Cell | null = cell; at !== null; at = at.block.parent) {
    const { block, index } = at;
    const start = index - positionOf(block, index);
    for (const id of mentions) {
      const position = block.level.positions.get(id);
      if (position === undefined || Object.hasOwn(steps, id)) continue;
      const isItself = at === cell && start + position === index;
      steps[id] = stepScope({ block, index: start + position }, isItself ? succeedsAt : null);
    }
  }
  return steps;
}

function stepScope(cell: Cell, succeedsAt: number | null): CelValue {
  const detail = cell.block.details.get(cell.index);
  return {
    status: succeedsAt === null ? statusOf(cell) : "succeeded",
    attempt: BigInt(cell.block.attempts[cell.index] ?? 0),
    started_at: instant(detail?.startedAt),
    ended_at: instant(succeedsAt ?? detail?.endedAt),
    outputs: outputsScope(cell),
  };
}

/**
 * Every declared output is there once the step has succeeded, and none before: see "A step without outputs" in the
 * language reference. What a step left is converted once, when first asked for: ten thousand iterations may mention one list.
 */
function outputsScope(cell: Cell): CelValue {
  const { block, index } = cell;
  const lifted = block.lifted.get(index);
  if (lifted !== undefined) return lifted;
  const outputs = block.outputs.get(index);
  if (outputs === undefined) return {};
  const detail = detailOf(cell);
  detail.outputs ??= convertOutputs(cell, outputs);
  return detail.outputs;
}

function convertOutputs(cell: Cell, outputs: Readonly<Record<string, Json>>): CelValue {
  const declared = Object.entries(stepOf(cell).definition.outputs);
  return Object.fromEntries(
    declared.map(([name, type]) => {
      const value = outputs[name];
      return [name, value === undefined ? null : toCelValue(value, type)];
    }),
  );
}

function instant(at: number | null | undefined): CelValue {
  return at === null || at === undefined ? null : new Date(at);
}

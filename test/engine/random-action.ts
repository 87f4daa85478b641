import type { Action, StepChange } from "@headwater/engine";
import type { StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import { run } from "./builder.js";

/** What somebody might do to a run with these steps; often not allowed. Null when there is nothing to do it to. */
export function randomAction(
  random: () => number,
  { steps, definition }: { readonly steps: readonly StepChange[]; readonly definition: WorkflowDefinition },
): Action | null {
  const step = steps[Math.floor(random() * steps.length)];
  if (step === undefined) return null;
  const { path } = step;
  const isOfRun = random() < 0.3;
  const actions: readonly (() => Action)[] = [
    () => ({ name: "pause", path: isOfRun ? null : path }),
    () => ({ name: "resume", path: null }),
    () => ({ name: "resume", path: isOfRun ? null : path }),
    () => ({ name: "set_breakpoint", step: random() < 0.5 ? path : path.replaceAll(/\[\d+\]/g, "") }),
    () => ({ name: "clear_breakpoint", step: path }),
    () => ({ name: "skip", path, outputs: null }),
    () => ({ name: "bypass", path }),
    () => ({ name: "retry", path }),
    () => ({ name: "set_max_parallel", path, maxParallel: 1 + Math.floor(random() * 4) }),
    () => restart(random, { path, definition }),
    () => restart(random, { path, definition }),
  ];
  return actions[Math.floor(random() * actions.length)]?.() ?? null;
}

function restart(
  random: () => number,
  { path, definition }: { readonly path: string; readonly definition: WorkflowDefinition },
): Action {
  const nothing = { name: "restart", path: null, params: null, version: null, previous: null } as const;
  const dice = random();
  const version = random() < 0.3 ? versionOf(random, definition) : {};
  if (dice < 0.2) return { ...nothing, ...version, from: "beginning" };
  if (dice < 0.6) return { ...nothing, ...version, from: "incomplete" };
  const iteration = /^(.*\])\.\w+$/.exec(path)?.[1];
  const target = dice < 0.8 && iteration !== undefined ? iteration : path;
  return { ...nothing, ...version, from: "step", path: target };
}

function versionOf(
  random: () => number,
  definition: WorkflowDefinition,
): Pick<Action & { readonly name: "restart" }, "version" | "previous"> {
  const steps = changedSteps(random, definition.steps);
  return {
    version: { id: "another", number: 4, commit: "beef", definition: { ...definition, steps } },
    previous: { versionId: "first", commit: "c0ffee", params: {} },
  };
}

function changedSteps(random: () => number, steps: readonly StepDefinition[]): readonly StepDefinition[] {
  const kept = steps.filter(() => random() < 0.9);
  const ids = new Set(kept.map(({ id }) => id));
  const changed = kept.map((step): StepDefinition => {
    const needs = step.needs.filter((id) => ids.has(id));
    return { ...step, needs, ignoreFailure: random() < 0.1 ? !step.ignoreFailure : step.ignoreFailure };
  });
  return random() < 0.5
    ? changed
    : [...changed, run(`n${Math.floor(random() * 3)}`)].filter(isFirstOfItsName);
}

function isFirstOfItsName({ id }: StepDefinition, index: number, steps: readonly StepDefinition[]): boolean {
  return steps.findIndex((step) => step.id === id) === index;
}

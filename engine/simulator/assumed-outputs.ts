import type { GivenOutcome, Json } from "@headwater/workflow";
import type { StepChange } from "../step-change.js";
import { dottedPath } from "../step-path.js";

/** Outputs of one step of which nothing was given, so that the simulation took the default of their types. */
export interface AssumedOutputs {
  /** As outcomes are given: `load.copy`. */
  readonly step: string;
  readonly outputs: Readonly<Record<string, Json>>;
}

/** The kinds whose outputs nobody can know but who executes them; those of the others follow from what they hold. */
const EXECUTED: readonly string[] = ["run", "sql", "http", "notebook", "plugin"];

/** What a simulation assumed, each step once, in the order in which they succeeded. */
export function assumedOutputs(
  steps: ReadonlyMap<string, StepChange>,
  given: Readonly<Record<string, readonly GivenOutcome[]>>,
): readonly AssumedOutputs[] {
  const assumed = new Map<string, AssumedOutputs>();
  for (const { path, kind, outputs } of steps.values()) {
    if (outputs === null || !EXECUTED.includes(kind)) continue;
    const step = dottedPath(path);
    if (assumed.has(step)) continue;
    const outcomes = Object.hasOwn(given, step) ? (given[step] ?? []) : [];
    const isGiven = (name: string): boolean =>
      outcomes.some((outcome) => Object.hasOwn(outcome.outputs, name));
    const names = Object.entries(outputs).filter(([name]) => !isGiven(name));
    if (names.length > 0) assumed.set(step, { step, outputs: Object.fromEntries(names) });
  }
  return [...assumed.values()];
}

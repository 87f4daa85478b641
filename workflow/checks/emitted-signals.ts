import type { StepDefinition } from "../definition/definition.js";

/** The signals that steps emit, nested ones included. */
export function emittedSignals(steps: readonly StepDefinition[]): readonly string[] {
  return steps.flatMap((step) => [
    ...step.emit.map(({ signal }) => signal),
    ...("steps" in step ? emittedSignals(step.steps) : []),
  ]);
}

import type { StepNode } from "../model/step-tree.js";

/** So many take about a millisecond. */
const STEPS_AT_ONCE = 16;

/**
 * Looks at each step, for whoever has other things to do meanwhile.
 * @yields nothing, after some of them
 */
export function* eachStep(
  steps: readonly StepNode[],
  look: (step: StepNode) => void,
): Generator<undefined, void> {
  let looked = 0;
  for (const step of steps) {
    look(step);
    looked += 1;
    if (looked % STEPS_AT_ONCE === 0) yield;
  }
}

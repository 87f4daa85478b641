import type { WorkflowDefinition } from "@headwater/workflow";
import { Recording, type StepCoverage } from "./recording.js";

/** The coverage of a workflow by several simulations: of each step the sums, in file order. All 0 when there are none. */
export function sumCoverage(
  { steps }: WorkflowDefinition,
  simulations: readonly (readonly StepCoverage[])[],
): readonly StepCoverage[] {
  const zero = new Recording().coverage(steps);
  return zero.map((step, position) => {
    const same = simulations.flatMap((coverage) => coverage[position] ?? []);
    const total = (count: (one: StepCoverage) => number): number =>
      same.reduce((sum, one) => sum + count(one), 0);
    return {
      ...step,
      succeeded: total(({ succeeded }) => succeeded),
      failed: total(({ failed }) => failed),
      skipped: total(({ skipped }) => skipped),
      branches: step.branches.map(({ branch }, at) => ({
        branch,
        taken: total(({ branches }) => branches[at]?.taken ?? 0),
      })),
    };
  });
}

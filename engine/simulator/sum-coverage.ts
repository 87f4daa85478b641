import type { WorkflowDefinition } from "@headwater/workflow";
import { Recording, type StepCoverage, type WorkflowCoverage } from "./recording.js";

/** The coverage of a workflow by all that played it: of each step the sums, in file order. All 0 when nothing did. */
export function sumCoverage(
  definition: WorkflowDefinition,
  coverage: readonly WorkflowCoverage[],
): readonly StepCoverage[] {
  const plays = coverage.filter(({ workflow }) => workflow === definition.id);
  const unplayed = new Recording();
  unplayed.noteRun("", definition);
  const zero = unplayed.coverage().flatMap(({ steps }) => steps);
  return zero.map((step, position) => {
    const same = plays.flatMap(({ steps }) => steps[position] ?? []);
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

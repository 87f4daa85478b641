import type { WorkflowCheck } from "./workflow-check.js";

/** Limits of the language for one workflow. */
export const STEPS_MAX = 1000;
export const NESTING_MAX = 10;

/** A workflow has at most 1,000 steps, nested at most 10 deep. */
export function checkLimits({ steps, report }: WorkflowCheck): void {
  const first = steps[STEPS_MAX];
  if (first !== undefined) {
    const message = `The workflow has ${steps.length} steps, the limit is ${STEPS_MAX}: use a foreach, or several workflows`;
    report({ code: "too-many-steps", message, range: first.idRange });
  }
  for (const { level, idRange } of steps) {
    if (level.depth !== NESTING_MAX + 1) continue;
    report({
      code: "nesting-too-deep",
      message: `Steps nest deeper than ${NESTING_MAX} levels here`,
      range: idRange,
    });
  }
}

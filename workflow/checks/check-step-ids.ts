import type { StepNode } from "../model/step-tree.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A nested step must not hide a step of a level around it, which its expressions can see too. */
export function checkStepIds({ steps, path, report }: WorkflowCheck): void {
  for (const step of steps) {
    const hidden = hiddenBy(step);
    if (hidden === null) continue;
    const message = `Step "${step.id}" hides the step "${step.id}" around it: "steps.${step.id}" would mean both. Rename one`;
    const related = [{ message: `the other step "${step.id}"`, file: path, range: hidden.idRange }];
    report({ code: "duplicate-step", message, range: step.idRange, related });
  }
}

function hiddenBy(step: StepNode): StepNode | null {
  for (let around = step.level.parent; around !== null; around = around.level.parent) {
    const hidden = around.level.byId.get(step.id);
    if (hidden !== undefined) return hidden;
  }
  return null;
}

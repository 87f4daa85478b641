import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { UsedNames } from "./used-names.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Params that no expression uses, and outputs that nobody takes from a step that others wait for. */
export function checkUnused(check: WorkflowCheck): void {
  const { names } = check;
  // An expression that cannot be read may use anything.
  if (names.isUncertain()) return;
  // Somebody is writing it: of what is not there yet nobody knows what it will use.
  if (check.fields.steps === undefined) return;
  for (const { key, keyRange } of itemsOf(check.fields.params)) {
    if (names.isUsed(["params", key]) || isNamedInBraces(key, check.text)) continue;
    const message = `No expression uses the param "${key}": whoever gives it changes nothing`;
    check.report({ code: "unused-param", message, range: keyRange });
  }
  const needed = new Set(
    check.steps.flatMap(({ fields }) => itemsOf(fields.needs).map(({ value }) => value)),
  );
  for (const step of check.steps) {
    // What the last steps give is for people, and what another workflow gives is its own affair.
    if (needed.has(step.id) && step.fields.workflow === undefined) checkOutputs(step, names, check);
  }
}

/** Also at a place that takes no expression, which has a finding of its own. */
function isNamedInBraces(param: string, text: string): boolean {
  return text.includes(`params.${param}`) && new RegExp(`\\$\\{\\{[^}]*\\bparams\\.${param}\\b`).test(text);
}

function checkOutputs(step: StepNode, names: UsedNames, { report }: WorkflowCheck): void {
  for (const { key, keyRange } of itemsOf(step.fields.outputs)) {
    if (isTaken(step, key, names)) continue;
    const message = `No expression of this workflow uses the output "${key}" of "${step.id}"`;
    report({ code: "unused-output", message, range: keyRange });
  }
}

/** By its own id, or from outside of the loops around it: `steps.load.outputs.copy.rows`. */
function isTaken(step: StepNode, output: string, names: UsedNames): boolean {
  let way: readonly string[] = [output];
  for (let at: StepNode | null = step; at !== null; at = at.level.parent) {
    if (names.isUsed(["steps", at.id, "outputs", ...way])) return true;
    way = [at.id, ...way];
  }
  return false;
}

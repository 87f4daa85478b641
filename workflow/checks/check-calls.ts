import type { WorkflowInterface } from "../compile/step-sources.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import { isSameType } from "../types/infer-type.js";
import { formatValueType } from "../types/value-type.js";
import { missingParams, unknownParams, wrongParams } from "./given-params.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A step that runs another workflow gives it the params that it needs, and counts on the outputs that it has. */
export function checkCalls(check: WorkflowCheck): void {
  for (const step of check.steps) {
    // That there is such a workflow is checked where all of them are known.
    if (step.fields.workflow === undefined || step.target === null) continue;
    checkMissing(step, step.target, check);
    checkGiven(step, step.target, check);
    checkOutputs(step, step.target, check);
  }
}

function checkMissing(step: StepNode, { params }: WorkflowInterface, { report }: WorkflowCheck): void {
  const { workflow, with: given } = step.fields;
  const missing = missingParams(params, itemsOf(given));
  if (missing === null) return;
  const range = given?.keyRange ?? workflow?.range ?? step.idRange;
  const message = `Workflow "${workflow?.value ?? ""}" needs ${missing} in "with"`;
  report({ code: "subworkflow-param", message, range });
}

function checkGiven(step: StepNode, { params }: WorkflowInterface, { report, library }: WorkflowCheck): void {
  const id = step.fields.workflow?.value ?? "";
  const given = itemsOf(step.fields.with);
  for (const { name, range, near } of unknownParams(params, given)) {
    const message = `Workflow "${id}" has no param "${name}"${near.text}`;
    report({ code: "subworkflow-param", message, range, data: near.data });
  }
  for (const { name, problem, range } of wrongParams(params, given, library)) {
    report({ code: "subworkflow-param", message: `Param "${name}" of "${id}" ${problem}`, range });
  }
}

/** The outputs are the other workflow's: a step may say them again, but not others. */
function checkOutputs(step: StepNode, { outputs }: WorkflowInterface, { report }: WorkflowCheck): void {
  const id = step.fields.workflow?.value ?? "";
  const said = itemsOf(step.fields.outputs);
  const keys = said.map(({ key }) => key);
  // A mend writes no key twice.
  const free = outputs.map(({ name }) => name).filter((name) => !keys.includes(name));
  for (const { key, keyRange, value } of said) {
    const output = outputs.find(({ name }) => name === key);
    if (output === undefined) {
      const near = suggestion(key, free);
      const message = `Workflow "${id}" does not give "${key}"${near.text === "" ? `: declare it in its "outputs"` : near.text}`;
      report({ code: "unknown-output", message, range: keyRange, data: near.data });
    } else if (!isSameType(output.type, value.value)) {
      const message = `Workflow "${id}" gives "${key}" as ${formatValueType(output.type)}`;
      report({ code: "wrong-type", message, range: value.range });
    }
  }
}

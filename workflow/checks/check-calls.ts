import { compileValue } from "../compile/compile-value.js";
import type { WorkflowInterface } from "../compile/step-sources.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import { checkValue } from "../types/check-value.js";
import { isSameType } from "../types/infer-type.js";
import { formatValueType } from "../types/value-type.js";
import { valueProblem } from "./check-params.js";
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
  const names = new Set(given?.value.map(({ key }) => key));
  const missing = params.filter((param) => param.default === undefined && !names.has(param.name));
  if (missing.length === 0) return;
  const list = missing.map(({ name }) => `"${name}"`).join(", ");
  const range = given?.keyRange ?? workflow?.range ?? step.idRange;
  const message = `Workflow "${workflow?.value ?? ""}" needs ${list} in "with"`;
  report({ code: "subworkflow-param", message, range });
}

function checkGiven(step: StepNode, { params }: WorkflowInterface, { report }: WorkflowCheck): void {
  const id = step.fields.workflow?.value ?? "";
  for (const { key, keyRange, value } of itemsOf(step.fields.with)) {
    const param = params.find((candidate) => candidate.name === key);
    if (param === undefined) {
      const near = suggestion(
        key,
        params.map(({ name }) => name),
      );
      const message = `Workflow "${id}" has no param "${key}"${near.text}`;
      report({ code: "subworkflow-param", message, range: keyRange, data: near.data });
      continue;
    }
    const compiled = compileValue(value.node);
    if (compiled.kind !== "literal") continue;
    const problem = checkValue(compiled.value, param.type) ?? valueProblem(compiled.value, param);
    if (problem === null) continue;
    report({
      code: "subworkflow-param",
      message: `Param "${key}" of "${id}" ${problem}`,
      range: value.range,
    });
  }
}

/** The outputs are the other workflow's: a step may say them again, but not others. */
function checkOutputs(step: StepNode, { outputs }: WorkflowInterface, { report }: WorkflowCheck): void {
  const id = step.fields.workflow?.value ?? "";
  for (const { key, keyRange, value } of itemsOf(step.fields.outputs)) {
    const output = outputs.find(({ name }) => name === key);
    if (output === undefined) {
      const near = suggestion(
        key,
        outputs.map(({ name }) => name),
      );
      const message = `Workflow "${id}" does not give "${key}"${near.text === "" ? `: declare it in its "outputs"` : near.text}`;
      report({ code: "unknown-output", message, range: keyRange, data: near.data });
    } else if (!isSameType(output.type, value.value)) {
      const message = `Workflow "${id}" gives "${key}" as ${formatValueType(output.type)}`;
      report({ code: "wrong-type", message, range: value.range });
    }
  }
}

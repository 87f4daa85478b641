import { itemsOf } from "../schema/field-value.js";
import { compileValue } from "../compile/compile-value.js";
import type { Template } from "../compile/template.js";
import type { StepNode } from "../model/step-tree.js";
import { resolvePath } from "../project/repository-path.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import { checkValue } from "../types/check-value.js";
import { otherBase } from "./check-code.js";
import { paramProblem } from "./check-params.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A template that a step uses is there, and its inputs are met: none missing, none unknown, each of its type. */
export function checkTemplates(check: WorkflowCheck): void {
  for (const step of check.steps) {
    if (step.fields.use === undefined) continue;
    if (step.template === null) reportUnusable(step, check);
    else {
      checkMissing(step, step.template, check);
      checkGiven(step, step.template, check);
    }
  }
}

function reportUnusable(step: StepNode, check: WorkflowCheck): void {
  const { use } = step.fields;
  if (use === undefined) return;
  const path = resolvePath(use.value, check.path);
  const exists = path !== null && check.tree.contentId(path) !== undefined;
  const reason = exists
    ? "the file cannot be read as a template"
    : `there is no file "${path ?? use.value}"${otherBase(use.value, check)}`;
  const code = exists ? "template-not-usable" : "file-missing";
  check.report({ code, message: `Cannot use template "${use.value}": ${reason}`, range: use.range });
}

function checkMissing(step: StepNode, template: Template, { report }: WorkflowCheck): void {
  const { use, with: given } = step.fields;
  const names = new Set(given?.value.map(({ key }) => key));
  const missing = template.inputs.filter((input) => input.default === undefined && !names.has(input.name));
  if (missing.length === 0) return;
  const list = missing.map((input) => `"${input.name}"`).join(", ");
  const range = given?.keyRange ?? use?.range ?? step.idRange;
  report({ code: "template-input", message: `The template needs ${list} in "with"`, range });
}

function checkGiven(step: StepNode, template: Template, { report }: WorkflowCheck): void {
  const fields = new Map(itemsOf(template.fields.inputs).map(({ key, value }) => [key, value.value]));
  for (const { key, keyRange, value } of itemsOf(step.fields.with)) {
    const input = template.inputs.find((candidate) => candidate.name === key);
    if (input === undefined) {
      const near = suggestion(
        key,
        template.inputs.map(({ name }) => name),
      );
      report({
        code: "template-input",
        message: `The template has no input "${key}"${near.text}`,
        range: keyRange,
        data: near.data,
      });
      continue;
    }
    const compiled = compileValue(value.node);
    if (compiled.kind !== "literal") continue;
    const problem =
      checkValue(compiled.value, input.type) ?? paramProblem(compiled.value, fields.get(key) ?? {});
    if (problem !== null)
      report({ code: "template-input", message: `Input "${key}" ${problem}`, range: value.range });
  }
}

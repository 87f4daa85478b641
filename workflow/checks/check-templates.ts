import { itemsOf } from "../schema/field-value.js";
import type { Template } from "../compile/template.js";
import type { StepNode } from "../model/step-tree.js";
import { fileKind } from "../project/file-kind.js";
import { resolvePath } from "../project/repository-path.js";
import type { Field } from "../schema/record.js";
import { missingParams, unknownParams, wrongParams } from "./given-params.js";
import { otherFile } from "./nearest-file.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A template that a step uses is there, and its inputs are met: none missing, none unknown, each of its type. */
export function checkTemplates(check: WorkflowCheck): void {
  for (const step of check.steps) {
    const { use } = step.fields;
    if (use === undefined || reportUnusable(use, step, check) || step.template === null) continue;
    checkMissing(step, step.template, check);
    checkGiven(step, step.template, check);
  }
}

/** True when what is named is no template at all: then nothing is to be said of its inputs. */
function reportUnusable(use: Field<string>, { template }: StepNode, check: WorkflowCheck): boolean {
  const path = resolvePath(use.value, check.path);
  const exists = path !== null && check.tree.contentId(path) !== undefined;
  const isNamedSo = path !== null && fileKind(path) === "template";
  if (exists && isNamedSo && template !== null) return false;
  if (!exists) {
    const near = otherFile(use, path, check);
    const message = `Cannot use template "${use.value}": ${path === null ? "it leads out of the repository" : `there is no file "${path}"`}${near.text}`;
    check.report({ code: "file-missing", message, range: use.range, ...near.mend });
    return true;
  }
  // Any other file has no findings of a template's, so that half of one would pass as a whole.
  const unusable = isNamedSo
    ? "the file cannot be read as a template"
    : "the name of a template ends in .template.yaml";
  const message = `Cannot use template "${use.value}": ${unusable}`;
  check.report({ code: "template-not-usable", message, range: use.range });
  return true;
}

function checkMissing(step: StepNode, template: Template, { report }: WorkflowCheck): void {
  const { use, with: given } = step.fields;
  const missing = missingParams(template.inputs, itemsOf(given));
  if (missing === null) return;
  const range = given?.keyRange ?? use?.range ?? step.idRange;
  report({ code: "template-input", message: `The template needs ${missing} in "with"`, range });
}

function checkGiven(step: StepNode, template: Template, { report, library }: WorkflowCheck): void {
  const given = itemsOf(step.fields.with);
  for (const { name, range, near } of unknownParams(template.inputs, given)) {
    const message = `The template has no input "${name}"${near.text}`;
    report({ code: "template-input", message, range, data: near.data });
  }
  for (const { name, range, problem } of wrongParams(template.inputs, given, library)) {
    report({ code: "template-input", message: `Input "${name}" ${problem}`, range });
  }
}

import type { StepCommon, StepDefinition } from "../definition/definition.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { APPROVAL_OUTPUTS } from "./approval-outputs.js";
import { holdWithin } from "./permits.js";
import { bareExpression, compileParams, compileText, compileValue, literal } from "./compile-value.js";
import { expandTemplate } from "./expand-template.js";
import { leafStep } from "./leaf-step.js";
import { STARTED_RUN_OUTPUTS } from "./started-run-outputs.js";
import { stepCommon } from "./step-common.js";
import type { StepSources } from "./step-sources.js";

/** The steps of one level. A step that is wrong becomes a `noop`, so that others may still refer to it. */
export function compileSteps(
  steps: readonly MapItem<StepFields>[],
  sources: StepSources,
): readonly StepDefinition[] {
  return steps.map(({ key, value }) => compileStep(key, value.value, sources));
}

function compileStep(id: string, fields: StepFields, sources: StepSources): StepDefinition {
  const template = fields.use === undefined ? null : sources.readTemplate(fields.use.value);
  if (template !== null) return expandTemplate({ id, fields, template, sources });
  const common = stepCommon(id, fields, sources.defaults);
  if (fields.foreach !== undefined) return foreachStep(common, fields, sources);
  if (fields.while !== undefined) return whileStep(common, fields, sources);
  if (fields.workflow !== undefined) return workflowStep(common, fields, sources);
  if (fields.approval !== undefined) return approvalStep(common, fields, fields.approval.value);
  return leafStep(common, fields, sources);
}

function foreachStep(common: StepCommon, fields: StepFields, sources: StepSources): StepDefinition {
  return {
    kind: "foreach",
    over: itemsOf(fields.foreach).map(({ key, value }) => ({
      variable: key,
      items: compileValue(value.node),
    })),
    maxParallel: valueOr(fields.max_parallel, null),
    onFailure: valueOr(fields.on_failure, "continue"),
    steps: holdWithin(common.permits, compileSteps(itemsOf(fields.steps), sources)),
    ...common,
  };
}

/** Iterations at most, for a while that does not say. */
export const ITERATIONS_DEFAULT = 1000;

function whileStep(common: StepCommon, fields: StepFields, sources: StepSources): StepDefinition {
  const types = sources.loopTypes(fields);
  const next = compileParams(fields.next);
  const initial = new Map(Object.entries(compileParams(fields.vars)));
  return {
    kind: "while",
    while: bareExpression(valueOr(fields.while, "false")),
    vars: [...initial].map(([name, value]) => ({
      name,
      type: types[name] ?? { name: "json" },
      initial: value ?? literal(null),
      next: next[name] ?? null,
    })),
    maxIterations: valueOr(fields.max_iterations, ITERATIONS_DEFAULT),
    steps: holdWithin(common.permits, compileSteps(itemsOf(fields.steps), sources)),
    ...common,
  };
}

function workflowStep(common: StepCommon, fields: StepFields, sources: StepSources): StepDefinition {
  const workflow = valueOr(fields.workflow, "");
  const wait = valueOr(fields.wait, true);
  const given = sources.readWorkflow(workflow)?.outputs ?? [];
  return {
    kind: "workflow",
    workflow,
    with: compileParams(fields.with),
    wait,
    ...common,
    outputs: wait
      ? { ...common.outputs, ...Object.fromEntries(given.map(({ name, type }) => [name, type])) }
      : STARTED_RUN_OUTPUTS,
  };
}

function approvalStep(
  common: StepCommon,
  fields: StepFields,
  { approvers, prompt, timeout, on_timeout: onTimeout }: NonNullable<StepFields["approval"]>["value"],
): StepDefinition {
  return {
    kind: "approval",
    approvers: itemsOf(approvers).map((approver) => approver.value),
    prompt: prompt === undefined ? null : compileText(prompt.value),
    onTimeout: valueOr(onTimeout, "fail"),
    ...common,
    outputs: APPROVAL_OUTPUTS,
    timeoutMs: timeout?.value ?? valueOr(fields.timeout, null),
  };
}

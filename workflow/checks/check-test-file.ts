import { itemsOf } from "../schema/field-value.js";
import { jsonOf } from "../compile/compile-value.js";
import type { StepDefinition, WorkflowDefinition } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings, type Report } from "../diagnostics/report.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import type { MapItem } from "../schema/collections.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { TestCaseFields } from "../schema/test-schema.js";
import type { ParsedTestFile } from "../testing/parse-workflow-tests.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkValue } from "../types/check-value.js";
import type { ValueType } from "../types/value-type.js";

/** The workflow that a test file names exists, with the steps, params and outputs that the tests name. */
export function checkTestFile(
  { path, fields }: ParsedTestFile,
  workflows: ReadonlyMap<string, CompiledWorkflow>,
): readonly Diagnostic[] {
  const { report, diagnostics } = collectFindings(path);
  if (fields.workflow === undefined) return diagnostics;
  const workflow = workflows.get(fields.workflow.value);
  if (workflow === undefined) {
    const near = suggestion(fields.workflow.value, workflows.keys());
    const message = `There is no workflow "${fields.workflow.value}" in the project${near.text}`;
    report({ code: "unknown-workflow", message, range: fields.workflow.range, data: near.data });
    return diagnostics;
  }
  const steps = new Map(stepsByPath(workflow.definition.steps, ""));
  for (const { value } of itemsOf(fields.tests))
    checkTestCase(value.value, { definition: workflow.definition, steps, workflows }, report);
  return diagnostics;
}

interface Tested {
  readonly definition: WorkflowDefinition;
  readonly steps: ReadonlyMap<string, StepDefinition>;
  /** Those that its steps may run. */
  readonly workflows: ReadonlyMap<string, CompiledWorkflow>;
}

function checkTestCase(fields: TestCaseFields, tested: Tested, report: Report): void {
  const params = new Map(tested.definition.params.map(({ name, type }) => [name, type]));
  checkNamedValues(
    itemsOf(fields.params),
    { types: params, owner: "The workflow", what: "param", code: "unknown-param" },
    report,
  );
  for (const { key, keyRange, value } of itemsOf(fields.given)) {
    const step = stepNamed({ key, keyRange }, tested, report);
    if (step === undefined) continue;
    const types = new Map(Object.entries(step.outputs));
    for (const outcome of value.value) {
      const given = itemsOf(outcome.value.outputs);
      checkNamedValues(
        given,
        { types, owner: `Step "${key}"`, what: "output", code: "unknown-output" },
        report,
      );
    }
  }
  for (const item of itemsOf(fields.expect?.value.steps)) stepNamed(item, tested, report);
  checkStarts(fields, params, report);
}

/** The runs that signals start have params of the workflow, and come from signals that there are. */
function checkStarts(
  { starts }: TestCaseFields,
  types: ReadonlyMap<string, ValueType>,
  report: Report,
): void {
  const { signals, runs } = starts?.value ?? {};
  const count = itemsOf(signals).length;
  for (const { value } of itemsOf(runs)) {
    const { by, params } = value;
    checkNamedValues(
      itemsOf(params),
      { types, owner: "The workflow", what: "param", code: "unknown-param" },
      report,
    );
    if (by === undefined || by.value <= count) continue;
    const message = `There is no signal ${by.value}: here ${count === 1 ? "is 1" : `are ${count}`}`;
    report({ code: "invalid-value", message, range: by.range });
  }
}

function stepNamed(
  { key, keyRange }: Pick<MapItem<unknown>, "key" | "keyRange">,
  { steps, definition, workflows }: Tested,
  report: Report,
): StepDefinition | undefined {
  const step = steps.get(key) ?? stepElsewhere(key, definition.steps, workflows);
  if (step !== undefined) return step;
  const near = suggestion(key, steps.keys());
  const message = `Workflow "${definition.id}" has no step "${key}"${near.text}`;
  const { nearest } = near.data;
  report({
    code: "unknown-step",
    message,
    range: keyRange,
    ...(nearest === undefined ? {} : writeInstead(nearest, keyRange)),
  });
  return undefined;
}

/** A step of a workflow that a step runs: `report.extract`. Workflows may run each other in a circle; a name ends. */
function stepElsewhere(
  path: string,
  steps: readonly StepDefinition[],
  workflows: Tested["workflows"],
): StepDefinition | undefined {
  const [id, ...rest] = path.split(".");
  const step = steps.find((candidate) => candidate.id === id);
  if (step === undefined || rest.length === 0) return step;
  const within =
    step.kind === "workflow" ? workflows.get(step.workflow)?.definition.steps : "steps" in step && step.steps;
  return stepElsewhere(rest.join("."), within || [], workflows);
}

interface Declared {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly owner: string;
  readonly what: "param" | "output";
  readonly code: "unknown-param" | "unknown-output";
}

function checkNamedValues(items: readonly MapItem<SyntaxNode>[], declared: Declared, report: Report): void {
  for (const { key, keyRange, value } of items) {
    const type = declared.types.get(key);
    if (type === undefined) {
      const near = suggestion(key, declared.types.keys());
      const message = `${declared.owner} has no ${declared.what} "${key}"${near.text}`;
      report({ code: declared.code, message, range: keyRange, data: near.data });
      continue;
    }
    const problem = checkValue(jsonOf(value.node), type);
    if (problem !== null)
      report({ code: "wrong-type", message: `The ${declared.what} "${key}" ${problem}`, range: value.range });
  }
}

function stepsByPath(
  steps: readonly StepDefinition[],
  prefix: string,
): readonly (readonly [string, StepDefinition])[] {
  return steps.flatMap((step) => [
    [`${prefix}${step.id}`, step] as const,
    ...("steps" in step ? stepsByPath(step.steps, `${prefix}${step.id}.`) : []),
  ]);
}

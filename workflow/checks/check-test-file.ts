import type { WorkflowDefinition } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { collectFindings, type Report } from "../diagnostics/report.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { TestCaseFields } from "../schema/test-schema.js";
import type { ParsedTestFile } from "../testing/parse-workflow-tests.js";
import { expectsOfRun, expectsSomething } from "../testing/test-case.js";
import {
  findTestedStep,
  pathsOfSteps,
  type DefinitionLookup,
  type TestedStep,
} from "../testing/tested-step.js";
import { checkGivenOutcomes, type OutcomesContext } from "./check-given-outcomes.js";
import { checkGivenParams } from "./check-named-values.js";
import { checkExpectedSteps, checkSpans, checkStarts } from "./check-test-expectations.js";
import { checkTestRun } from "./check-test-run.js";

/** The workflow that a test file names exists, with the steps, params and outputs that the tests name; and each test shows something. */
export function checkTestFile(
  file: ParsedTestFile,
  workflows: ReadonlyMap<string, CompiledWorkflow>,
  library: ExpressionLibrary,
): readonly Diagnostic[] {
  const { path, text, fields } = file;
  const { report, diagnostics } = collectFindings(path);
  checkExpectations(file, report);
  if (fields.workflow === undefined) return diagnostics;
  const workflow = workflows.get(fields.workflow.value);
  if (workflow === undefined) {
    const near = suggestion(fields.workflow.value, workflows.keys());
    const message = `There is no workflow "${fields.workflow.value}" in the project${near.text}`;
    report({ code: "unknown-workflow", message, range: fields.workflow.range, data: near.data });
    return diagnostics;
  }
  const { definition } = workflow;
  const definitionOf: DefinitionLookup = (id) => workflows.get(id)?.definition;
  const context = { definition, definitionOf, text, library, report };
  for (const [index, item] of itemsOf(fields.tests).entries()) {
    checkTestCase(item.value.value, context);
    const test = file.tests?.tests[index];
    if (test !== undefined && expectsOfRun(test)) checkTestRun(item, definition, report);
  }
  return diagnostics;
}

/** Each test expects something, and there is one. Of what could not be read nobody knows what it expects. */
function checkExpectations({ fields, tests, diagnostics }: ParsedTestFile, report: Report): void {
  if (diagnostics.length > 0 || fields.tests === undefined) return;
  const cases = fields.tests.value;
  if (cases.length === 0) {
    const message = "There is no test here: name one by what it shows, and say what it expects";
    report({ code: "test-shows-nothing", message, range: fields.tests.range });
  }
  for (const [index, { key, keyRange }] of cases.entries()) {
    const test = tests?.tests[index];
    if (test === undefined || expectsSomething(test)) continue;
    const message = `Test "${key}" expects nothing, so it shows nothing: say under "expect" what must come out`;
    report({ code: "test-shows-nothing", message, range: keyRange });
  }
}

interface TestContext extends OutcomesContext {
  readonly definition: WorkflowDefinition;
  /** Of the workflows that its steps may run. */
  readonly definitionOf: DefinitionLookup;
}

function checkTestCase(fields: TestCaseFields, context: TestContext): void {
  const { definition, report } = context;
  checkGivenParams(itemsOf(fields.params), definition.params, report);
  for (const item of itemsOf(fields.given)) {
    const tested = stepNamed(item, context);
    if (tested !== null) checkGivenOutcomes(item.value.value, { path: item.key, tested }, context);
  }
  for (const item of itemsOf(fields.expect?.value.steps)) {
    const tested = stepNamed(item, context);
    if (tested !== null) checkExpectedSteps(item.value.value, { path: item.key, tested }, context);
  }
  checkSpans(fields, report);
  checkStarts(fields, definition.params, report);
}

function stepNamed(
  { key, keyRange }: Pick<MapItem<unknown>, "key" | "keyRange">,
  { definition, definitionOf, report }: TestContext,
): TestedStep | null {
  const tested = findTestedStep(key, definition, definitionOf);
  if (tested !== null) return tested;
  const near = suggestion(key, pathsOfSteps(definition.steps));
  const message = `Workflow "${definition.id}" has no step "${key}"${near.text}`;
  const { nearest } = near.data;
  report({
    code: "unknown-step",
    message,
    range: keyRange,
    ...(nearest === undefined ? {} : writeInstead(nearest, keyRange)),
  });
  return null;
}

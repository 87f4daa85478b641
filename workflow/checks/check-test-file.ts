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
import { expectsSomething } from "../testing/test-case.js";
import {
  findTestedStep,
  pathsOfSteps,
  type DefinitionLookup,
  type TestedStep,
} from "../testing/tested-step.js";
import { checkGivenOutcomes, type OutcomesContext } from "./check-given-outcomes.js";
import { checkGivenParams } from "./check-named-values.js";
import { checkExpectedSteps, checkSpans, checkStarts } from "./check-test-expectations.js";

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
  for (const { value } of itemsOf(fields.tests))
    checkTestCase(value.value, { definition, definitionOf, text, library, report });
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
  checkBeginning(fields, definition, report);
  checkStarts(fields, definition.params, report);
}

/** A signal that is given is one that may start the workflow. */
function checkBeginning(
  { signal, signals }: TestCaseFields,
  { id, triggers }: WorkflowDefinition,
  report: Report,
): void {
  if (signal !== undefined && !triggers.some(({ kind }) => kind === "signal")) {
    const message = `No signal alone starts "${id}": it has no trigger with "signal"`;
    report({ code: "misplaced-key", message, range: signal.keyRange });
  }
  if (signals === undefined) return;
  const joins = triggers.filter((trigger) => trigger.kind === "all");
  if (joins.length === 0) {
    const message = `No signals together start "${id}": it has no trigger with "all"`;
    report({ code: "misplaced-key", message, range: signals.keyRange });
    return;
  }
  const names = joins.flatMap((join) => join.signals.map(({ name }) => name));
  for (const { key, keyRange } of signals.value) {
    if (names.includes(key)) continue;
    const near = suggestion(key, names);
    const message = `No trigger of "${id}" joins a signal "${key}"${near.text === "" ? `: there is ${names.join(", ")}` : near.text}`;
    report({ code: "unknown-value", message, range: keyRange, data: near.data });
  }
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

import {
  createTestTools,
  runTestCase,
  sumCoverage,
  type TestCaseResult,
  type WorkflowCoverage,
} from "@headwater/engine";
import {
  findWorkflow,
  type CompiledProject,
  type CompiledWorkflow,
  type TextRange,
  type WrittenTest,
} from "@headwater/workflow";
import { boundedText } from "../plain-text.js";
import type { CoveredWorkflow, TestSummary } from "./judgement.js";
import type { Place } from "./places.js";

/** A page has room for more of them than a check. */
const FAILED_MAX = 500;
/** Workflows whose coverage is told, and steps of each that no test reaches. */
const COVERED_MAX = 50;
const MISSED_MAX = 20;
const NAME_CHARACTERS_MAX = 200;
const MESSAGE_CHARACTERS_MAX = 1000;

/**
 * By simulation, as everywhere: nothing of the repository is executed. What does not compile is not simulated.
 * @param touched of which workflows the coverage is told
 */
export function runTests(
  project: CompiledProject,
  {
    touched,
    locate,
  }: { readonly touched: readonly string[]; readonly locate: (file: string, range: TextRange) => Place },
): TestSummary {
  if (project.diagnostics.some(({ severity }) => severity === "error"))
    return { passed: 0, failures: 0, failed: [], coverage: [] };
  const find = (id: string) => findWorkflow(project.workflows, id);
  const lookup = (id: string) => find(id)?.definition ?? null;
  const tools = createTestTools();
  const failed: TestSummary["failed"][number][] = [];
  const reached: WorkflowCoverage[] = [];
  let [passed, failures] = [0, 0];
  for (const { path: file, workflow, tests: cases } of project.tests) {
    const tested = find(workflow);
    if (tested === undefined) continue;
    for (const test of cases) {
      const outcome = runTestCase({ ...tested, workflows: lookup }, test, tools);
      reached.push(...(outcome.simulation?.coverage ?? []));
      if (outcome.passed) passed += 1;
      else if ((failures += 1) <= FAILED_MAX) {
        failed.push(failureOf(test, { workflow, outcome, place: locate(file, test.nameRange) }));
      }
    }
  }
  const coverage = touched.slice(0, COVERED_MAX).flatMap((id) => {
    const workflow = find(id);
    return workflow === undefined ? [] : [coverageOf(workflow, reached)];
  });
  return { passed, failures, failed, coverage };
}

interface Failed {
  readonly workflow: string;
  readonly outcome: TestCaseResult;
  readonly place: Place;
}

function failureOf(test: WrittenTest, { workflow, outcome, place }: Failed): TestSummary["failed"][number] {
  const name = boundedText(test.name, NAME_CHARACTERS_MAX);
  const message = boundedText(outcome.failures[0]?.message ?? "", MESSAGE_CHARACTERS_MAX);
  const finding = {
    ...place,
    severity: "error",
    code: "test failed",
    message: `"${name}": ${message}`,
  } as const;
  return { workflow, name, message, finding };
}

/** A step is reached when a test has it succeed, fail or be skipped. */
function coverageOf(
  { id, definition }: CompiledWorkflow,
  reached: readonly WorkflowCoverage[],
): CoveredWorkflow {
  const steps = sumCoverage(definition, reached);
  const missed = steps.filter(({ succeeded, failed, skipped }) => succeeded + failed + skipped === 0);
  return {
    workflow: id,
    steps: steps.length,
    reached: steps.length - missed.length,
    missed: missed.slice(0, MISSED_MAX).map(({ path }) => path),
  };
}

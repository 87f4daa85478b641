import { createTestTools, runTestCase, sumCoverage, type WorkflowCoverage } from "@headwater/engine";
import type { CompiledProject, CompiledWorkflow } from "@headwater/workflow";
import type { CoveredWorkflow, TestSummary } from "./judgement.js";

const FAILED_MAX = 50;
/** Workflows whose coverage is told, and steps of each that no test reaches. */
const COVERED_MAX = 50;
const MISSED_MAX = 20;

/**
 * By simulation, as everywhere: nothing of the repository is executed. What does not compile is not simulated.
 * @param touched of which workflows the coverage is told
 */
export function runTests(project: CompiledProject, touched: readonly string[]): TestSummary {
  if (project.diagnostics.some(({ severity }) => severity === "error"))
    return { passed: 0, failed: [], coverage: [] };
  const byId = new Map(project.workflows.map((workflow) => [workflow.id, workflow]));
  const lookup = (id: string) => byId.get(id)?.definition ?? null;
  const tools = createTestTools();
  const failed: TestSummary["failed"][number][] = [];
  const reached: WorkflowCoverage[] = [];
  let passed = 0;
  for (const { path: file, workflow, tests: cases } of project.tests) {
    const tested = byId.get(workflow);
    if (tested === undefined) continue;
    for (const test of cases) {
      const outcome = runTestCase({ ...tested, workflows: lookup }, test, tools);
      reached.push(...(outcome.simulation?.coverage ?? []));
      if (outcome.passed) passed += 1;
      else failed.push({ file, workflow, name: test.name, message: outcome.failures[0]?.message ?? "" });
    }
  }
  const coverage = touched.slice(0, COVERED_MAX).flatMap((id) => {
    const workflow = byId.get(id);
    return workflow === undefined ? [] : [coverageOf(workflow, reached)];
  });
  return { passed, failed: failed.slice(0, FAILED_MAX), coverage };
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

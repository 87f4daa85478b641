import {
  createTestTools,
  runTestCase,
  type SimulationResult,
  type StepCoverage,
  sumCoverage,
  type TestTools,
} from "@headwater/engine";
import {
  type CompileCache,
  type CompiledProject,
  type CompiledWorkflow,
  compileProject,
  type WorkflowTestFile,
} from "@headwater/workflow";
import type { ProjectFolder } from "./project-folder.js";
import { preventsSimulation } from "./workflow-file.js";

export interface TestOutcome {
  /** From the project's root. */
  readonly file: string;
  readonly workflow: string;
  readonly name: string;
  readonly passed: boolean;
  /** Each says what was expected and what came instead. */
  readonly failures: readonly string[];
  /** On the machine's clock. */
  readonly tookMs: number;
  /** Of a run that was simulated, when the test failed; else null. */
  readonly timeline: SimulationResult["timeline"] | null;
  /** What the run reached; empty when there was none. */
  readonly coverage: readonly StepCoverage[];
}

export interface WorkflowCoverage {
  readonly workflow: string;
  readonly file: string;
  readonly steps: readonly StepCoverage[];
}

/** A project, compiled, with what its selected tests need. */
export interface TestedProject {
  readonly files: readonly WorkflowTestFile[];
  readonly workflows: ReadonlyMap<string, CompiledWorkflow>;
  /** Files with errors. */
  readonly broken: ReadonlySet<string>;
  /** Shared by all tests. */
  readonly tools: TestTools;
  /** Of the workflows that were asked for, or that the selected tests are of. */
  readonly covered: readonly CompiledWorkflow[];
}

/** Compiles a project once, for all its tests. */
export function openTests({ tree, isSelected }: ProjectFolder, cache: CompileCache): TestedProject {
  const compiled = compileProject(tree, cache);
  const files = compiled.tests.filter(({ path }) => isSelected(path));
  const tested = new Set(files.map(({ workflow }) => workflow));
  return {
    files,
    workflows: new Map(compiled.workflows.map((workflow) => [workflow.id, workflow])),
    broken: brokenFiles(compiled),
    tools: createTestTools(),
    covered: compiled.workflows.filter(({ id, path }) => isSelected(path) || tested.has(id)),
  };
}

/** Runs the tests of a file that are wanted. */
export function runTestFile(
  { path: file, workflow, tests }: WorkflowTestFile,
  { workflows, broken, tools }: TestedProject,
  isWanted: (workflow: string, name: string) => boolean,
): readonly TestOutcome[] {
  const tested = workflows.get(workflow);
  const blockers = blockersOf(file, { workflow, tested, broken });
  const lookup = (id: string): CompiledWorkflow["definition"] | null => workflows.get(id)?.definition ?? null;
  return tests
    .filter(({ name }) => isWanted(workflow, name))
    .map((test) => {
      const startedAt = performance.now();
      const { passed, failures, simulation } =
        tested === undefined || blockers.length > 0
          ? { passed: false, failures: blockers, simulation: null }
          : runTestCase({ ...tested, workflows: lookup }, test, tools);
      const tookMs = performance.now() - startedAt;
      const timeline = passed ? null : (simulation?.timeline ?? null);
      const coverage = simulation?.coverage ?? [];
      return { file, workflow, name: test.name, passed, failures, tookMs, timeline, coverage };
    });
}

/** What the tests reached of each workflow. */
export function coverageOf(
  { covered }: TestedProject,
  outcomes: readonly TestOutcome[],
): readonly WorkflowCoverage[] {
  return covered.map(({ id, path, definition }) => {
    const simulations = outcomes.filter(({ workflow }) => workflow === id).map(({ coverage }) => coverage);
    return { workflow: id, file: path, steps: sumCoverage(definition, simulations) };
  });
}

/** What does not compile cannot be simulated: a pass would mean nothing. */
function blockersOf(
  file: string,
  {
    workflow,
    tested,
    broken,
  }: Pick<TestedProject, "broken"> & { workflow: string; tested: CompiledWorkflow | undefined },
): readonly string[] {
  if (tested === undefined) return [`There is no workflow "${workflow}" in this project`];
  const blockers = [file, tested.path].filter((path) => broken.has(path));
  return blockers.map((path) => `${path} has errors: headwater validate ${path}`);
}

function brokenFiles({ diagnostics }: CompiledProject): ReadonlySet<string> {
  return new Set(diagnostics.filter(preventsSimulation).map(({ file }) => file));
}

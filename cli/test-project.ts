import {
  createTestTools,
  runTestCase,
  type SimulationResult,
  sumCoverage,
  type TestFailure,
  type TestTools,
  type WorkflowCoverage,
} from "@headwater/engine";
import {
  type CompileCache,
  type CompiledWorkflow,
  compileProject,
  type Diagnostic,
  fileKind,
  filesBehind,
  isInTheWay,
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
  /** What was expected and what came instead; empty when it passed. */
  readonly failures: readonly TestFailure[];
  /** On the machine's clock. */
  readonly tookMs: number;
  /** Of a run that was simulated, when the test failed; else null. */
  readonly timeline: SimulationResult["timeline"] | null;
  /** What the run reached, and those that its steps asked for; empty when there was none. */
  readonly coverage: readonly WorkflowCoverage[];
}

/** What all tests reached of the workflow of a file. */
export interface CoveredWorkflow extends WorkflowCoverage {
  /** From the project's root. */
  readonly file: string;
}

/** A project, compiled, with what its selected tests need. */
export interface TestedProject {
  readonly files: readonly WorkflowTestFile[];
  readonly workflows: ReadonlyMap<string, CompiledWorkflow>;
  /** Files with errors. */
  readonly broken: ReadonlySet<string>;
  /** The errors of the selected test files, of the workflows that they test, and of what those are made of. */
  readonly problems: readonly Diagnostic[];
  /** The text of a file of the project. */
  readonly textOf: (file: string) => string;
  /** Shared by all tests. */
  readonly tools: TestTools;
  /** Of the workflows that were asked for, or that the selected tests are of. */
  readonly covered: readonly CompiledWorkflow[];
}

/** Compiles a project once, for all its tests. */
export function openTests({ tree, isSelected }: ProjectFolder, cache: CompileCache): TestedProject {
  const compiled = compileProject(tree, cache);
  const pathOf = new Map(compiled.workflows.map(({ id, path }) => [id, path]));
  const files = compiled.tests.filter(
    ({ path, workflow }) => isSelected(path) || isSelected(pathOf.get(workflow) ?? path),
  );
  const tested = new Set(files.map(({ workflow }) => workflow));
  const errors = compiled.diagnostics.filter(preventsSimulation);
  const workflows = new Map(compiled.workflows.map((workflow) => [workflow.id, workflow]));
  const testedFiles = new Set(
    compiled.workflows
      .filter(({ id }) => tested.has(id))
      .flatMap((workflow) => [...filesBehind(workflow, (id) => workflows.get(id))]),
  );
  const isAbout = (file: string): boolean =>
    testedFiles.has(file) ||
    (fileKind(file) === "test" && (isSelected(file) || files.some(({ path }) => path === file)));
  return {
    files,
    workflows,
    broken: new Set(errors.map(({ file }) => file)),
    problems: errors.filter(({ file }) => isAbout(file)),
    textOf: (file) => new TextDecoder().decode(tree.read(file) ?? new Uint8Array()),
    tools: createTestTools(),
    covered: compiled.workflows.filter(({ id, path }) => isSelected(path) || tested.has(id)),
  };
}

/** Runs the tests of a file that are wanted. */
export function runTestFile(
  { path: file, workflow, tests }: WorkflowTestFile,
  { workflows, broken, problems, textOf, tools }: TestedProject,
  isWanted: (workflow: string, name: string) => boolean,
): readonly TestOutcome[] {
  const tested = workflows.get(workflow);
  const behind = blockersOf(workflow, { tested, broken, workflows });
  const own = problems.filter((problem) => problem.file === file);
  const text = own.length === 0 ? "" : textOf(file);
  const lookup = (id: string): CompiledWorkflow["definition"] | null => workflows.get(id)?.definition ?? null;
  return tests
    .filter(({ name }) => isWanted(workflow, name))
    .map((test) => {
      const startedAt = performance.now();
      const isBroken = own.some((error) => isInTheWay(error, test, { tests, text }));
      const blockers = isBroken ? [...behind, hasErrors(file)] : behind;
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
): readonly CoveredWorkflow[] {
  const reached = outcomes.flatMap(({ coverage }) => coverage);
  return covered.map(({ id, path, definition }) => ({
    workflow: id,
    file: path,
    steps: sumCoverage(definition, reached),
  }));
}

/** What does not compile cannot be simulated: a pass would mean nothing. */
function blockersOf(
  workflow: string,
  {
    tested,
    broken,
    workflows,
  }: Pick<TestedProject, "broken" | "workflows"> & { readonly tested: CompiledWorkflow | undefined },
): readonly TestFailure[] {
  if (tested === undefined)
    return [{ place: "workflow", message: `There is no workflow "${workflow}" in this project` }];
  const behind = filesBehind(tested, (id) => workflows.get(id));
  return [...behind].filter((path) => broken.has(path)).map(hasErrors);
}

function hasErrors(path: string): TestFailure {
  return { place: "workflow", message: `${path} has errors, so nothing can be simulated` };
}

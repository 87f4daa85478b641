import type { Command } from "commander";
import { createTestTools, runTestCase } from "@headwater/engine";
import { compileProject, type CompiledProject, type WorkflowDefinition } from "@headwater/workflow";
import { type Context, EXIT_FINDINGS, EXIT_OK, type FormatOption, print, withFormat } from "../context.js";
import { openProjects, type ProjectFolder } from "../project-folder.js";
import type { Style } from "../style.js";

/** What `test --format json` prints. */
export interface TestReport {
  readonly tests: readonly TestOutcome[];
  readonly summary: { readonly passed: number; readonly failed: number };
}

interface TestOutcome {
  readonly file: string;
  readonly workflow: string;
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly string[];
}

/** `headwater test [paths]`: workflow tests, by simulation; nothing is executed. */
export function addTestCommand(program: Command, context: Context): void {
  withFormat(program.command("test").description("run workflow tests by simulation; exit 1 when one fails"))
    .argument("[paths...]", "files or folders; default: the project of the current folder")
    .action((paths: readonly string[], { format }: FormatOption) => {
      const tests = openProjects(paths, context.io.cwd).flatMap((project) => runTests(project));
      const failed = tests.filter(({ passed }) => !passed).length;
      const report = { tests, summary: { passed: tests.length - failed, failed } };
      context.exit(failed > 0 ? EXIT_FINDINGS : EXIT_OK);
      print(context, report, { format, text: () => renderReport(report, context.style) });
    });
}

function runTests({ tree, isSelected }: ProjectFolder): readonly TestOutcome[] {
  const compiled = compileProject(tree);
  const broken = brokenFiles(compiled);
  const tools = createTestTools();
  return compiled.tests
    .filter(({ path }) => isSelected(path))
    .flatMap(({ path: file, workflow, tests }) =>
      tests.map((test) => {
        const failures = blockersOf(compiled, { broken, file, workflow });
        const tested = compiled.workflows.find(({ id }) => id === workflow);
        const outcome =
          tested === undefined || failures.length > 0
            ? { passed: false, failures }
            : runTestCase({ ...tested, workflows: (id) => definitionOf(compiled, id) }, test, tools);
        return { file, workflow, name: test.name, passed: outcome.passed, failures: outcome.failures };
      }),
    );
}

function definitionOf({ workflows }: CompiledProject, id: string): WorkflowDefinition | null {
  return workflows.find((workflow) => workflow.id === id)?.definition ?? null;
}

/** What does not compile cannot be simulated: a pass would mean nothing. */
function blockersOf(
  compiled: CompiledProject,
  {
    broken,
    file,
    workflow,
  }: { readonly broken: ReadonlySet<string>; readonly file: string; readonly workflow: string },
): readonly string[] {
  const tested = compiled.workflows.find(({ id }) => id === workflow);
  if (tested === undefined) return [`There is no workflow "${workflow}" in this project`];
  const blockers = [file, tested.path].filter((path) => broken.has(path));
  return blockers.map((path) => `${path} has errors: headwater validate ${path}`);
}

function brokenFiles({ diagnostics }: CompiledProject): ReadonlySet<string> {
  return new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file));
}

function renderReport({ tests, summary }: TestReport, style: Style): string {
  if (tests.length === 0) return "There are no workflow tests: write a *.workflow.test.yaml\n";
  const lines = tests.flatMap(({ workflow, name, passed, failures }, index) => [
    ...(tests[index - 1]?.workflow === workflow ? [] : [style.bold(workflow)]),
    `  ${passed ? style.good("passed") : style.bad("failed")}  ${name}`,
    ...failures.map((failure) => `          ${failure}`),
  ]);
  const counts = `${summary.passed} passed, ${summary.failed} failed`;
  return `${lines.join("\n")}\n\n${summary.failed > 0 ? style.bad(counts) : style.good(counts)}\n`;
}

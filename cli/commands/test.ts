import { type Command, InvalidArgumentError, Option } from "commander";
import { createCompileCache } from "@headwater/workflow";
import { type Context, EXIT_FINDINGS, EXIT_OK, jsonText } from "../context.js";
import { openProjects } from "../project-folder.js";
import { locateFindings } from "../located-finding.js";
import { coverageOf, openTests, runTestFile, type TestedProject } from "../test-project.js";
import { renderCoverage } from "../test-report/coverage-text.js";
import { renderJunit } from "../test-report/junit.js";
import { coverageReport, reportOf, type Tested } from "../test-report/test-report.js";
import { detailsOf, renderProblems, renderSummary, renderTests } from "../test-report/test-text.js";
import { createStyle } from "../style.js";
import { UsageError } from "../usage-error.js";
import { watchTests } from "../watch-tests.js";

interface TestOptions {
  readonly format: "text" | "json" | "junit";
  readonly grep?: RegExp;
  readonly coverage?: boolean;
  readonly watch?: boolean;
}

/** `headwater test [paths]`: workflow tests, by simulation; nothing is executed. */
export function addTestCommand(program: Command, context: Context): void {
  program
    .command("test")
    .description("run workflow tests by simulation; exit 1 when one fails")
    .argument("[paths...]", "files or folders; default: the project of the current folder")
    .addOption(
      new Option("--format <format>", "how to print").choices(["text", "json", "junit"]).default("text"),
    )
    .option(
      "-g, --grep <pattern>",
      "only tests whose workflow and name match this regular expression",
      pattern,
    )
    .option("--coverage", "say which steps and branches no test reaches")
    .option("--watch", "go on: run again what a change of a file touches, until Ctrl-C")
    .action(async (paths: readonly string[], options: TestOptions) => {
      if (options.watch !== true) return testOnce(paths, options, context);
      if (options.format !== "text" || options.coverage === true) {
        throw new UsageError(
          "Cannot --watch with --coverage or another format than text: leave one of them out",
        );
      }
      await watchTests(context, { paths, isWanted: filterOf(options) });
    });
}

function testOnce(paths: readonly string[], options: TestOptions, context: Context): void {
  const projects = openProjects(paths, context.io).map((folder) => openTests(folder, createCompileCache()));
  const tested = runTests(projects, options);
  const { outcomes, errors } = tested;
  if (options.grep !== undefined && outcomes.length === 0 && errors.length === 0) {
    throw new UsageError(`Cannot test: no test matches "${options.grep.source}"`);
  }
  if (paths.length > 0 && outcomes.length === 0 && errors.length === 0) {
    throw new UsageError(`Cannot test ${paths.join(" ")}: there are no workflow tests of it`);
  }
  const isGood = errors.length === 0 && outcomes.every(({ passed }) => passed);
  context.exit(isGood ? EXIT_OK : EXIT_FINDINGS);
  context.io.stdout.write(render(tested, { options, projects }, context));
  if (options.format === "junit") context.io.stderr.write(renderGaps(tested, context));
}

/** What no test reaches has no place in JUnit XML, so people find it beside it. */
function renderGaps({ coverage }: Tested, { style, io }: Context): string {
  return coverage === null ? "" : renderCoverage(coverageReport(coverage), style, io.stdout.columns);
}

function runTests(projects: readonly TestedProject[], options: TestOptions): Tested {
  const isWanted = filterOf(options);
  const tested = projects.map((project) => {
    const outcomes = project.files.flatMap((file) => runTestFile(file, project, isWanted));
    return { outcomes, coverage: options.coverage === true ? coverageOf(project, outcomes) : [] };
  });
  return {
    outcomes: tested.flatMap(({ outcomes }) => outcomes),
    errors: projects.flatMap(({ problems, textOf }) => locateFindings(problems, textOf)),
    coverage: options.coverage === true ? tested.flatMap(({ coverage }) => coverage) : null,
  };
}

function filterOf({ grep }: TestOptions): (workflow: string, name: string) => boolean {
  return (workflow, name) => grep === undefined || grep.test(`${workflow} ${name}`);
}

function render(
  tested: Tested,
  { options, projects }: { readonly options: TestOptions; readonly projects: readonly TestedProject[] },
  { style, io }: Context,
): string {
  const { columns } = io.stdout;
  const { outcomes, errors } = tested;
  if (options.format === "junit") {
    const plainStyle = createStyle(false);
    return renderJunit(tested, (outcome) => detailsOf(outcome, plainStyle, Number.POSITIVE_INFINITY));
  }
  const report = reportOf(tested);
  if (options.format === "json") return jsonText(report);
  if (outcomes.length === 0 && errors.length === 0)
    return "There are no workflow tests: write a *.workflow.test.yaml\n";
  const shown = report.coverage === undefined ? "" : `\n${renderCoverage(report.coverage, style, columns)}`;
  const tests = outcomes.length === 0 ? "" : `${renderTests(outcomes, style, columns)}\n`;
  return `${renderProblems(projects, style)}${tests}${renderSummary(outcomes, errors.length, style)}${shown}`;
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    // The engine says the pattern once more before its reason.
    const reason = /: ([^:]+)$/.exec(error instanceof Error ? error.message : "")?.[1] ?? "";
    throw new InvalidArgumentError(`It must be a regular expression: ${reason.toLowerCase()}.`);
  }
}

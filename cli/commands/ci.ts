import { appendFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { counted, renderPlanMarkdown, renderPlanText, visibleLine } from "@headwater/workflow";
import { renderCodeQuality } from "../continuous-integration/code-quality.js";
import { renderGithubAnnotations } from "../continuous-integration/github-annotations.js";
import { judgeProject, type ProjectVerdict } from "../continuous-integration/project-verdict.js";
import { heldRemoval, reportedFindings } from "../continuous-integration/reported-findings.js";
import { renderSarif } from "../continuous-integration/sarif.js";
import { type Context, EXIT_FINDINGS, EXIT_OK } from "../context.js";
import type { Io } from "../io.js";
import { createStyle } from "../style.js";
import { renderJunit } from "../test-report/junit.js";
import { detailsOf } from "../test-report/test-text.js";
import { UsageError } from "../usage-error.js";

interface CiOptions {
  readonly from?: string;
  readonly allowRemoval?: boolean;
  readonly annotations: "auto" | "github" | "none";
  readonly junit?: string;
  readonly sarif?: string;
  readonly codeQuality?: string;
  readonly summary?: string;
}

/** `headwater ci`: everything that a reviewer should know, in whatever runs continuous integration. */
export function addCiCommand(program: Command, context: Context, version: string): void {
  program
    .command("ci")
    .description("check, test and plan a project in continuous integration; exit 1 when a merge would break")
    .argument("[folder]", "in the project, in a clone of its repository", ".")
    .option(
      "--from <revision>",
      "what to compare with (default: the merge base with origin's default branch)",
    )
    .option("--allow-removal", "let go what the project's max_deleted_workflows holds")
    .addOption(
      new Option("--annotations <kind>", "findings on their lines; auto: for GitHub Actions within it")
        .choices(["auto", "github", "none"])
        .default("auto"),
    )
    .option("--junit <file>", "write tests and errors as JUnit XML")
    .option("--sarif <file>", "write findings as SARIF 2.1.0")
    .option("--code-quality <file>", "write findings as a Code Quality report of GitLab")
    .option(
      "--summary <file>",
      "append the plan as Markdown (default: $GITHUB_STEP_SUMMARY, where it is set)",
    )
    .action((folder: string, options: CiOptions) => {
      const { from = null, allowRemoval = false } = options;
      const verdict = judgeProject({ folder, from, allowRemoval }, context.io);
      context.exit(verdict.isGood ? EXIT_OK : EXIT_FINDINGS);
      writeReports(verdict, { options, version }, context.io);
      context.io.stdout.write(renderVerdict(verdict, wantsAnnotations(options, context.io)));
    });
}

function wantsAnnotations({ annotations }: CiOptions, { env }: Io): boolean {
  return annotations === "github" || (annotations === "auto" && env["GITHUB_ACTIONS"] === "true");
}

function writeReports(
  verdict: ProjectVerdict,
  { options, version }: { readonly options: CiOptions; readonly version: string },
  io: Io,
): void {
  const found = [...heldRemoval(verdict), ...verdict.findings];
  const errors = found.filter(({ severity }) => severity === "error");
  const reported = reportedFindings(verdict);
  const plain = createStyle(false);
  const reports: readonly (readonly [file: string | undefined, render: () => string])[] = [
    [
      options.junit,
      () =>
        renderJunit({ outcomes: verdict.tests, errors, coverage: null }, (outcome) =>
          detailsOf(outcome, plain, Number.POSITIVE_INFINITY),
        ),
    ],
    [options.sarif, () => renderSarif(reported, version)],
    [options.codeQuality, () => renderCodeQuality(reported)],
  ];
  for (const [file, render] of reports) {
    if (file !== undefined) reportTo(file, io, (path) => writeFileSync(path, render()));
  }
  const summary = options.summary ?? (io.env["GITHUB_STEP_SUMMARY"] || undefined);
  // GitHub gives all steps of a job one file.
  if (summary !== undefined) reportTo(summary, io, (path) => appendFileSync(path, summaryOf(verdict)));
}

/** @throws UsageError when it cannot be written */
function reportTo(file: string, { cwd }: Io, write: (path: string) => void): void {
  try {
    write(resolve(cwd, file));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot write the report "${file}": ${why}`, { cause });
  }
}

function summaryOf(verdict: ProjectVerdict): string {
  const { plan } = verdict;
  const counts = countsOf(verdict);
  if ("obstacle" in plan) return `### Headwater\n\n${counts}\n`;
  return `${renderPlanMarkdown(plan.plan, { ...plan, runsInFlight: null })}\n${counts}\n`;
}

function renderVerdict(verdict: ProjectVerdict, isAnnotated: boolean): string {
  const { findings, tests, plan } = verdict;
  const said = findings.map(
    ({ file, line, column, severity, code, message }) =>
      `${severity} ${file}:${line}:${column} ${code}: ${message}`,
  );
  const failed = tests
    .filter(({ passed }) => !passed)
    .map(
      (test) =>
        `failed ${test.file} "${test.name}": ${test.failures.map(({ message }) => message).join("; ")}`,
    );
  const planned =
    "obstacle" in plan
      ? `No plan. ${plan.obstacle}\n`
      : renderPlanText(plan.plan, { ...plan, runsInFlight: null });
  const held = heldRemoval(verdict).map(({ message }) => `error ${message}`);
  const plain = [
    [...said, ...failed, ...held].map((line) => `${oneLine(line)}\n`).join(""),
    planned,
    `\n${countsOf(verdict)}\n`,
  ].join("");
  return (isAnnotated ? renderGithubAnnotations(verdict) : "") + withoutCommands(plain);
}

/**
 * What a file says is no command to a runner of GitHub Actions, which looks for `::` where a line begins and for `##[` all through it.
 * Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
function withoutCommands(text: string): string {
  return text.replaceAll(/:(?=:)/g, ": ").replaceAll("##[", "## [");
}

function countsOf({ findings, tests, removal }: ProjectVerdict): string {
  const count = (wanted: string): number => findings.filter(({ severity }) => severity === wanted).length;
  const passed = tests.filter((test) => test.passed).length;
  return [
    counted(count("error"), "error"),
    counted(count("warning"), "warning"),
    `${passed} of ${counted(tests.length, "test")} passed`,
    ...(removal === null ? [] : [removal]),
  ].join(", ");
}

/** What a file says might begin a line, and be read as a command by whatever reads the log or by its terminal. */
function oneLine(text: string): string {
  return visibleLine(text.replaceAll(/\s*[\r\n]+\s*/g, " "));
}

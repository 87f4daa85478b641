import type { Command } from "commander";
import { DEFAULT_ENVIRONMENT } from "@headwater/api";
import {
  checkDeployable,
  compileProject,
  counted,
  createCompileCache,
  fileKind,
  nestedFolders,
  ownPaths,
  type CompileOptions,
  type Diagnostic,
} from "@headwater/workflow";
import { connect, type ServiceOptions } from "../connection.js";
import { type Context, EXIT_FINDINGS, EXIT_OK, type FormatOption, print, withFormat } from "../context.js";
import { renderFinding } from "../finding-text.js";
import { locateFindings, type LocatedFinding } from "../located-finding.js";
import { openProjects, type ProjectFolder } from "../project-folder.js";
import type { Style } from "../style.js";
import { listUsualDurations } from "../usual-durations.js";

/** What `validate --format json` prints: lines and columns from 1, paths from the project's root. */
export interface ValidationReport {
  readonly diagnostics: readonly LocatedFinding[];
  readonly summary: {
    readonly files: number;
    /** Those that are deployed once there are no errors, as a deployment counts them: one an id. */
    readonly workflows: number;
    readonly errors: number;
    readonly warnings: number;
  };
}

interface ValidateOptions extends FormatOption, ServiceOptions {
  readonly all?: boolean;
}

/** Asks how long runs of a project usually take. */
type AskHistory = (project: string) => Promise<ReadonlyMap<string, number>>;

interface CheckedProject {
  readonly findings: readonly Diagnostic[];
  /** The text of a file of the project. */
  readonly textOf: (file: string) => string;
  readonly files: number;
  /** More than workflows where an id is taken, a file cannot be read, or headwater.yaml leaves it out. */
  readonly workflowFiles: number;
  readonly workflows: number;
  /** Folders of projects within, which are not part of it. */
  readonly nested: readonly string[];
}

const NESTED_SHOWN_MAX = 10;
const NOTHING_FOUND =
  "nothing to check: the files of a project are headwater.yaml, *.workflow.yaml, *.template.yaml and *.workflow.test.yaml";

/** `headwater validate [paths]`: the same compiler as the service's, on the files as they are on disk. */
export function addValidateCommand(program: Command, context: Context): void {
  withFormat(program.command("validate").description("check workflows; exit 1 when there are errors"))
    .argument("[paths...]", "files or folders; default: the project of the current folder")
    .option("--all", "hints too, which a correct workflow may have")
    .option(
      "--url <url>",
      "a service that says how long runs take, so that schedules too frequent for it are told",
    )
    .option("--environment <name>", "environment that the service is asked about", DEFAULT_ENVIRONMENT)
    .action(async (paths: readonly string[], options: ValidateOptions) => {
      const { format, all = false } = options;
      const askHistory = await historyOf(options, context);
      const projects = await Promise.all(
        openProjects(paths, context.io).map((project) =>
          checkProject(project, { hints: all, today: context.io.now() }, askHistory),
        ),
      );
      const report = reportOf(projects);
      context.exit(report.summary.errors > 0 ? EXIT_FINDINGS : EXIT_OK);
      print(context, report, { format, text: () => renderReport(projects, report, context.style) });
    });
}

/** Without `--url` nobody is asked: what is found depends on the files and the day alone, wherever it runs. */
async function historyOf(options: ServiceOptions, { io }: Context): Promise<AskHistory | null> {
  if (options.url === undefined) return null;
  const client = await connect(io, options);
  return (project) => listUsualDurations(client, { project, environment: options.environment });
}

async function checkProject(
  { tree, isSelected, isWhole }: ProjectFolder,
  options: CompileOptions,
  askHistory: AskHistory | null,
): Promise<CheckedProject> {
  const cache = createCompileCache();
  const unasked = compileProject(tree, cache, options);
  const { project } = unasked.settings;
  const compiled =
    askHistory === null || project === null
      ? unasked
      : compileProject(tree, cache, { ...options, history: await askHistory(project) });
  const own = ownPaths(tree.paths);
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const text = texts.get(file) ?? new TextDecoder().decode(tree.read(file) ?? new Uint8Array());
    texts.set(file, text);
    return text;
  };
  return {
    findings: [...(isWhole ? checkDeployable(compiled) : []), ...compiled.diagnostics].filter(({ file }) =>
      isSelected(file),
    ),
    textOf,
    files: own.filter((path) => fileKind(path) !== null && isSelected(path)).length,
    workflowFiles: own.filter((path) => fileKind(path) === "workflow" && isSelected(path)).length,
    workflows: compiled.workflows.filter(({ path }) => isSelected(path)).length,
    nested: nestedFolders(tree.paths).filter((path) => isSelected(path)),
  };
}

function reportOf(projects: readonly CheckedProject[]): ValidationReport {
  const diagnostics = projects.flatMap(({ findings, textOf }) => locateFindings(findings, textOf));
  return {
    diagnostics,
    summary: {
      files: projects.reduce((sum, { files }) => sum + files, 0),
      workflows: projects.reduce((sum, { workflows }) => sum + workflows, 0),
      errors: diagnostics.filter(({ severity }) => severity === "error").length,
      warnings: diagnostics.filter(({ severity }) => severity === "warning").length,
    },
  };
}

function renderReport(
  projects: readonly CheckedProject[],
  { summary }: ValidationReport,
  style: Style,
): string {
  const findings = projects.flatMap((project) =>
    project.findings.map((diagnostic) => renderFinding(diagnostic, project.textOf, style)),
  );
  const { files, errors, warnings } = summary;
  const counts = [counted(errors, "error"), counted(warnings, "warning")].join(", ");
  const good = files === 0 ? style.busy(NOTHING_FOUND) : style.good("no findings");
  const verdict = errors > 0 ? style.bad(counts) : findings.length > 0 ? style.good(counts) : good;
  return `${[...findings, `${countsOf(summary, projects)}: ${verdict}`].join("\n\n")}\n${nestedOf(projects, style)}`;
}

/** What was checked. A workflow file that gives no workflow is told, or the numbers would not add up. */
function countsOf(
  { files, workflows }: ValidationReport["summary"],
  projects: readonly CheckedProject[],
): string {
  const without = projects.reduce((sum, { workflowFiles }) => sum + workflowFiles, 0) - workflows;
  const others =
    without === 0
      ? ""
      : ` (${counted(without, "workflow file")} without one: its id is missing or taken, it cannot be read, or headwater.yaml leaves it out)`;
  return `${counted(workflows, "workflow")} in ${counted(files, "file")}${others}`;
}

/** Who stands above several projects learns which, and how each is checked. */
function nestedOf(projects: readonly CheckedProject[], style: Style): string {
  const nested = projects.flatMap((project) => project.nested);
  const shown = nested.slice(0, NESTED_SHOWN_MAX).map((folder) => folder.slice(0, -1));
  if (shown.length === 0) return "";
  const more = nested.length > shown.length ? ` and ${nested.length - shown.length} more` : "";
  return style.quiet(`Projects of their own, not checked here: ${shown.join(", ")}${more}\n`);
}

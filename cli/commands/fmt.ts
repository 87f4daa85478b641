import { join } from "node:path";
import type { Command } from "commander";
import { fileKind, formatYaml, ownPaths, type Formatted, visibleLine } from "@headwater/workflow";
import { type Context, EXIT_FINDINGS, EXIT_OK, type FormatOption, print, withFormat } from "../context.js";
import { renderFinding } from "../finding-text.js";
import { openProjects, type ProjectFolder } from "../project-folder.js";
import { replaceFile } from "../replace-file.js";
import { type Style, styleFor } from "../style.js";
import { UsageError } from "../usage-error.js";

/** What `fmt --format json` prints: paths from the project's root. */
export interface FormatReport {
  readonly files: readonly FormattedFile[];
  readonly summary: { readonly formatted: number; readonly unchanged: number; readonly refused: number };
}

/** With `--check`, `formatted` is what would be. */
export interface FormattedFile {
  readonly file: string;
  readonly status: "formatted" | "unchanged" | "refused";
}

interface FmtOptions extends FormatOption {
  readonly check?: boolean;
  readonly stdin?: boolean;
}

/** `headwater fmt [paths]`: puts the white space of YAML files in order; what they say stays. */
export function addFmtCommand(program: Command, context: Context): void {
  withFormat(
    program.command("fmt").description("format workflows, templates, tests and headwater.yaml in place"),
  )
    .argument("[paths...]", "files or folders; default: the project of the current folder")
    .option("--check", "change nothing; exit 1 when a file is not formatted")
    .option("--stdin", "format what comes in, and print it")
    .action(async (paths: readonly string[], options: FmtOptions) => {
      if (options.stdin === true) return formatStdin(paths, options, context);
      const projects = openProjects(paths, context.io);
      const files = projects.flatMap((project) => formatProject(project, options, context));
      if (paths.length > 0 && files.length === 0) {
        throw new UsageError(
          `Cannot format ${paths.join(", ")}: there is no workflow, template, test or headwater.yaml`,
        );
      }
      const report = { files, summary: summaryOf(files) };
      const { formatted, refused } = report.summary;
      const isBad = refused > 0 || (options.check === true && formatted > 0);
      context.exit(isBad ? EXIT_FINDINGS : EXIT_OK);
      const text = (): string => renderReport(report, options.check === true, context.style);
      print(context, report, { format: options.format, text });
    });
}

async function formatStdin(paths: readonly string[], { check }: FmtOptions, context: Context): Promise<void> {
  if (paths.length > 0)
    throw new UsageError("Cannot format files and --stdin in one go: leave one of them out");
  const bytes = await context.io.readInput();
  const formatted = formatYaml("stdin", bytes);
  if (!formatted.ok) return refuse("stdin", { bytes, formatted, context });
  if (check !== true) context.io.stdout.write(formatted.text);
  else if (formatted.text !== textOf(bytes)) context.exit(EXIT_FINDINGS);
}

function formatProject(
  { root, tree, isSelected }: ProjectFolder,
  { check }: FmtOptions,
  context: Context,
): readonly FormattedFile[] {
  const files = ownPaths(tree.paths).filter((path) => fileKind(path) !== null && isSelected(path));
  return files.map((file) => {
    const bytes = tree.read(file) ?? new Uint8Array();
    const formatted = formatYaml(file, bytes);
    if (!formatted.ok) {
      refuse(file, { bytes, formatted, context });
      return { file, status: "refused" };
    }
    if (formatted.text === textOf(bytes)) return { file, status: "unchanged" };
    if (check !== true) replaceFile(join(root, file), formatted.text, context.io.newId());
    return { file, status: "formatted" };
  });
}

interface Refused {
  readonly bytes: Uint8Array;
  readonly formatted: Formatted & { readonly ok: false };
  readonly context: Context;
}

/** Says on standard error why a file is left as it is. */
function refuse(file: string, { bytes, formatted, context: { io, exit } }: Refused): void {
  const style = styleFor(io.stderr, io.env);
  const findings = formatted.diagnostics.map((diagnostic) =>
    renderFinding(diagnostic, () => textOf(bytes), style),
  );
  const unsafe = `${visibleLine(file)}: left as it is, because formatting it would change what it says. Please report this file`;
  io.stderr.write(`${findings.length === 0 ? unsafe : findings.join("\n\n")}\n\n`);
  exit(EXIT_FINDINGS);
}

/** A byte order mark is part of it. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function summaryOf(files: readonly FormattedFile[]): FormatReport["summary"] {
  const count = (status: FormattedFile["status"]): number =>
    files.filter((file) => file.status === status).length;
  return { formatted: count("formatted"), unchanged: count("unchanged"), refused: count("refused") };
}

function renderReport({ files, summary }: FormatReport, isCheck: boolean, style: Style): string {
  const changed = files
    .filter(({ status }) => status === "formatted")
    .map(({ file }) => `${visibleLine(file)}\n`);
  const verb = isCheck ? "to be formatted" : "formatted";
  const counts = [
    `${summary.formatted} ${verb}`,
    `${summary.unchanged} already as they should be`,
    ...(summary.refused === 0 ? [] : [style.bad(`${summary.refused} with errors left alone`)]),
  ];
  return `${changed.join("")}${counts.join(", ")}\n`;
}

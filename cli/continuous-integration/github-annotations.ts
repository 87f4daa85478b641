import { visibleLine, visibleText } from "@headwater/workflow";
import type { LocatedFinding } from "../located-finding.js";
import type { TestOutcome } from "../test-project.js";
import type { ProjectVerdict } from "./project-verdict.js";
import { heldRemoval } from "./reported-findings.js";

/** GitHub shows so many of each kind for one step of a job, and drops the others without a word. */
const SHOWN_MAX = 10;

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

/**
 * Findings, failed tests and a removal that is held as commands of a workflow of GitHub Actions, which become annotations on their lines: errors first,
 * ten of a kind, and how many more there are.
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderGithubAnnotations(verdict: ProjectVerdict): string {
  const failed = verdict.tests.filter(({ passed }) => !passed);
  const found = [...heldRemoval(verdict), ...verdict.findings];
  const annotations = [...failed.map(ofTest), ...found.map(ofFinding)];
  const lines = (["error", "warning", "notice"] as const).flatMap((command) => {
    const ofKind = annotations.filter((annotation) => annotation.command === command);
    const left = ofKind.length - SHOWN_MAX;
    return [
      ...ofKind.slice(0, SHOWN_MAX).map(({ line }) => line),
      ...(left > 0 ? [`${left} more of the kind "${command}" are in the log`] : []),
    ];
  });
  return lines.map((line) => `${line}\n`).join("");
}

interface Annotation {
  readonly command: (typeof COMMANDS)[keyof typeof COMMANDS];
  readonly line: string;
}

function ofFinding({ severity, code, message, ...place }: LocatedFinding): Annotation {
  const command = COMMANDS[severity];
  const properties = {
    file: place.file,
    line: place.line,
    endLine: place.endLine,
    // Columns are shown only where the annotation is of one line.
    ...(place.line === place.endLine ? { col: place.column, endColumn: place.endColumn } : {}),
    title: code,
  };
  return { command, line: commandLine(command, properties, message) };
}

function ofTest({ file, workflow, name, failures }: TestOutcome): Annotation {
  const said = failures.map(({ message }) => message).join("\n");
  return {
    command: "error",
    line: commandLine("error", { file, title: `Test of ${workflow}: ${name}` }, said),
  };
}

function commandLine(
  command: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const said = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(visibleLine(String(value)))}`,
  );
  return `::${command} ${said.join(",")}::${escapeMessage(visibleText(message))}`;
}

/** A line break would end the command, and what follows could be another one. */
function escapeMessage(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

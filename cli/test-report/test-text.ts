import { visibleLine, visibleText } from "@headwater/workflow";
import type { Style } from "../style.js";
import { renderFinding } from "../finding-text.js";
import type { TestedProject, TestOutcome } from "../test-project.js";
import { renderTimeline } from "../timeline-text.js";

const TIMELINE_LINES_MAX = 40;

/** Tests for people: under each that failed what was expected and what came instead, and the run as a timeline. */
export function renderTests(outcomes: readonly TestOutcome[], style: Style, columns: number): string {
  const lines = outcomes.flatMap((outcome, index) => [
    ...(outcomes[index - 1]?.workflow === outcome.workflow
      ? []
      : [style.bold(visibleLine(outcome.workflow))]),
    `  ${outcome.passed ? style.good("passed") : style.bad("failed")}  ${visibleLine(outcome.name)}`,
    ...(outcome.passed ? [] : indented(detailsOf(outcome, style, columns))),
  ]);
  return `${lines.join("\n")}\n`;
}

/** `3 passed, 1 failed`, and how many errors the files have that keep tests from being run. */
export function renderSummary(outcomes: readonly TestOutcome[], errors: number, style: Style): string {
  const failed = outcomes.filter(({ passed }) => !passed).length;
  const counts = [
    `${outcomes.length - failed} passed, ${failed} failed`,
    ...(errors === 0 ? [] : [`${errors} ${errors === 1 ? "error" : "errors"} in the files`]),
  ].join(", ");
  return `${failed + errors > 0 ? style.bad(counts) : style.good(counts)}\n`;
}

/** The errors that keep tests from being run, each with its line; empty when there are none. */
export function renderProblems(projects: readonly ProblemsOf[], style: Style): string {
  const findings = projects.flatMap(({ problems, textOf }) =>
    problems.map((problem) => renderFinding(problem, textOf, style)),
  );
  return findings.map((finding) => `${finding}\n\n`).join("");
}

type ProblemsOf = Pick<TestedProject, "problems" | "textOf">;

/** What was expected and what came instead, and the run that was simulated. */
export function detailsOf({ failures, timeline }: TestOutcome, style: Style, columns: number): string {
  const said = visibleText(failures.map(({ message }) => message).join("\n"));
  if (timeline === null) return said;
  const startAt = timeline[0]?.at ?? 0;
  const shown = renderTimeline({ timeline }, { startAt, style, columns, linesMax: TIMELINE_LINES_MAX });
  return `${said}\n\n${shown.trimEnd()}`;
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => (line === "" ? "" : `          ${line}`));
}

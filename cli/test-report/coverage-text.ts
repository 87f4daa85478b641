import type { Branch, StepCoverage } from "@headwater/engine";
import type { Style } from "../style.js";
import { renderTable } from "../table.js";
import { type CoverageReport, isReached, isTaken, type Share, shareOf } from "./test-report.js";

const WORDS: Readonly<Record<Branch, string>> = {
  if_true: "if true",
  if_false: "if false",
  retry_errors: "retry after an error",
  retry_platform: "retry after a lost worker",
  retry_timeouts: "retry after a timeout",
};

/** Coverage for people: a line for each workflow, then what no test reaches, a line for each step. */
export function renderCoverage(
  { workflows, steps, branches }: CoverageReport,
  style: Style,
  columns: number,
): string {
  const rows = workflows.map(({ workflow, steps: ofWorkflow }) => [
    workflow,
    inWords(shareOf(ofWorkflow.map(isReached))),
    inWords(shareOf(ofWorkflow.flatMap((step) => step.branches.map(isTaken)))),
  ]);
  const total = [style.bold("all"), inWords(steps), inWords(branches)];
  const gaps = workflows.flatMap(({ workflow, steps: ofWorkflow }) =>
    ofWorkflow.flatMap((step) => {
      const gap = gapOf(step);
      return gap === null ? [] : [[`${workflow} ${step.path}`, gap]];
    }),
  );
  const table = renderTable(["COVERAGE", "STEPS", "BRANCHES"], [...rows, total], columns);
  return gaps.length === 0 ? table : `${table}\n${renderTable(["STEP", "NO TEST SHOWS"], gaps, columns)}`;
}

function inWords({ covered, total, percent }: Share): string {
  return total === 0 ? "–" : `${percent}% (${covered} of ${total})`;
}

function gapOf(step: StepCoverage): string | null {
  const missing = step.branches.filter((branch) => !isTaken(branch)).map(({ branch }) => WORDS[branch]);
  const gaps = isReached(step)
    ? missing
    : ["that it runs", ...missing.filter((branch) => branch !== WORDS.if_true)];
  return gaps.length === 0 ? null : gaps.join(", ");
}

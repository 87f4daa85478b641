import { visibleText } from "@headwater/workflow";
import type { LocatedFinding } from "../located-finding.js";
import type { TestOutcome } from "../test-project.js";
import { coverageReport, type Tested } from "./test-report.js";

/**
 * Tests as JUnit XML, as Jenkins, GitHub and GitLab read it: a suite for each test file, a case for each test, times in seconds. Coverage
 * of the workflow that a file tests, when it was asked for, is properties of the suite.
 * Source: https://github.com/testmoapp/junitxml
 */
export function renderJunit(
  { outcomes, errors, coverage }: Tested,
  detailsOf: (outcome: TestOutcome) => string,
): string {
  const files = [...new Set([...errors, ...outcomes].map(({ file }) => file))];
  const suites = files.map((file) => {
    const tests = outcomes.filter((outcome) => outcome.file === file);
    const broken = errors.filter((error) => error.file === file);
    return [
      `  <testsuite name="${escape(file)}" ${countsOf(tests, broken)}>`,
      ...renderCoverage(coverage ?? [], tests),
      ...broken.map(renderError),
      ...tests.map((test) => renderCase(test, detailsOf)),
      "  </testsuite>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="headwater test" ${countsOf(outcomes, errors)}>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function renderCoverage(
  coverage: NonNullable<Tested["coverage"]>,
  tests: readonly TestOutcome[],
): readonly string[] {
  const tested = coverage.filter(({ workflow }) => workflow === tests[0]?.workflow);
  if (tested.length === 0) return [];
  const { steps, branches } = coverageReport(tested);
  const properties = Object.entries({ steps, branches }).flatMap(([what, { covered, total }]) => [
    `      <property name="coverage.${what}.covered" value="${covered}"/>`,
    `      <property name="coverage.${what}.total" value="${total}"/>`,
  ]);
  return ["    <properties>", ...properties, "    </properties>"];
}

/** What keeps the tests of a file from being run is a case of its own: some readers show nothing else. */
function renderError({ file, line, column, code, message }: LocatedFinding): string {
  const said = escape(`${file}:${line}:${column} ${code}: ${message}`);
  return `    <testcase name="${said}" classname="${escape(file)}" file="${escape(file)}" line="${line}" time="0">\n      <error message="${said}"/>\n    </testcase>`;
}

function renderCase(outcome: TestOutcome, detailsOf: (outcome: TestOutcome) => string): string {
  const { file, workflow, name, failures, tookMs } = outcome;
  const start = `    <testcase name="${escape(name)}" classname="${escape(workflow)}" file="${escape(file)}" time="${seconds(tookMs)}"`;
  if (outcome.passed) return `${start}/>`;
  const message = escape(failures[0]?.message ?? "");
  return `${start}>\n      <failure message="${message}">${escape(detailsOf(outcome))}</failure>\n    </testcase>`;
}

function countsOf(tests: readonly TestOutcome[], errors: readonly LocatedFinding[]): string {
  const failed = tests.filter(({ passed }) => !passed).length;
  const tookMs = tests.reduce((sum, test) => sum + test.tookMs, 0);
  return `tests="${tests.length + errors.length}" failures="${failed}" errors="${errors.length}" skipped="0" time="${seconds(tookMs)}"`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(6);
}

/** What is not seen is shown as a sign, as on a terminal: most of it XML 1.0 has no way to say. Source: https://www.w3.org/TR/xml/#charsets */
function escape(text: string): string {
  return visibleText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[\ufffe\uffff]/g, "\u{fffd}")
    .replaceAll("\n", "&#10;");
}

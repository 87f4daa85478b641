import type { TestOutcome } from "../test-project.js";

/**
 * Tests as JUnit XML, as Jenkins, GitHub and GitLab read it: a suite for each test file, a case for each test, times in seconds.
 * Source: https://github.com/testmoapp/junitxml
 */
export function renderJunit(
  outcomes: readonly TestOutcome[],
  detailsOf: (outcome: TestOutcome) => string,
): string {
  const files = [...new Set(outcomes.map(({ file }) => file))];
  const suites = files.map((file) => {
    const tests = outcomes.filter((outcome) => outcome.file === file);
    return [
      `  <testsuite name="${escape(file)}" ${countsOf(tests)}>`,
      ...tests.map((test) => renderCase(test, detailsOf)),
      "  </testsuite>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="headwater test" ${countsOf(outcomes)}>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function renderCase(outcome: TestOutcome, detailsOf: (outcome: TestOutcome) => string): string {
  const { file, workflow, name, failures, tookMs } = outcome;
  const start = `    <testcase name="${escape(name)}" classname="${escape(workflow)}" file="${escape(file)}" time="${seconds(tookMs)}"`;
  if (outcome.passed) return `${start}/>`;
  const message = escape(failures[0] ?? "");
  return `${start}>\n      <failure message="${message}">${escape(detailsOf(outcome))}</failure>\n    </testcase>`;
}

function countsOf(tests: readonly TestOutcome[]): string {
  const failed = tests.filter(({ passed }) => !passed).length;
  const tookMs = tests.reduce((sum, test) => sum + test.tookMs, 0);
  return `tests="${tests.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(tookMs)}"`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(6);
}

/** What XML 1.0 has no way to say, such as an escape character, becomes a mark. */
function escape(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      // oxlint-disable-next-line no-control-regex -- control characters are what this replaces
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\u{fffd}")
      .replaceAll("\n", "&#10;")
  );
}

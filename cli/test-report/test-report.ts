import type { BranchCoverage, StepCoverage, TestFailure, TimelineEntry } from "@headwater/engine";
import type { LocatedFinding } from "../located-finding.js";
import type { CoveredWorkflow, TestOutcome } from "../test-project.js";

/** What `test --format json` prints. */
export interface TestReport {
  readonly tests: readonly {
    readonly file: string;
    readonly workflow: string;
    readonly name: string;
    readonly passed: boolean;
    /** Of a test that failed: the place in the test, what it says there, what came instead, and both in words. */
    readonly failures: readonly TestFailure[];
    readonly tookMs: number;
    /** Of a test that failed. */
    readonly timeline?: readonly TimelineEntry[];
  }[];
  /** Errors of the test files and of the workflows that they test, which keep tests from being run. */
  readonly errors: readonly LocatedFinding[];
  readonly summary: { readonly passed: number; readonly failed: number; readonly errors: number };
  readonly coverage?: CoverageReport;
}

export interface CoverageReport {
  readonly workflows: readonly CoveredWorkflow[];
  /** A step counts when it ended otherwise than skipped in one test at least. */
  readonly steps: Share;
  readonly branches: Share;
}

export interface Share {
  readonly covered: number;
  readonly total: number;
  /** Rounded down, so that 100 is all; 100 of nothing. */
  readonly percent: number;
}

/** What came of a number of projects. */
export interface Tested {
  readonly outcomes: readonly TestOutcome[];
  readonly errors: readonly LocatedFinding[];
  /** Null when nobody asked for it. */
  readonly coverage: readonly CoveredWorkflow[] | null;
}

/** The report of tests; with coverage when that was asked for. */
export function reportOf({ outcomes, errors, coverage }: Tested): TestReport {
  const failed = outcomes.filter(({ passed }) => !passed).length;
  return {
    tests: outcomes.map(({ file, workflow, name, passed, failures, tookMs, timeline }) => ({
      file,
      workflow,
      name,
      passed,
      failures,
      tookMs: Math.round(tookMs * 1000) / 1000,
      ...(timeline === null ? {} : { timeline }),
    })),
    errors,
    summary: { passed: outcomes.length - failed, failed, errors: errors.length },
    ...(coverage === null ? {} : { coverage: coverageReport(coverage) }),
  };
}

/** Whether a test has reached a step. */
export function isReached({ succeeded, failed }: StepCoverage): boolean {
  return succeeded + failed > 0;
}

/** Whether a test has taken a branch. */
export function isTaken({ taken }: BranchCoverage): boolean {
  return taken > 0;
}

/** How many of some things are covered. */
export function shareOf(covered: readonly boolean[]): Share {
  const count = covered.filter(Boolean).length;
  const percent = covered.length === 0 ? 100 : Math.floor((count / covered.length) * 100);
  return { covered: count, total: covered.length, percent };
}

/** How many steps and branches of some workflows the tests have reached. */
export function coverageReport(workflows: readonly CoveredWorkflow[]): CoverageReport {
  const steps = workflows.flatMap((workflow) => workflow.steps);
  return {
    workflows,
    steps: shareOf(steps.map(isReached)),
    branches: shareOf(steps.flatMap(({ branches }) => branches.map(isTaken))),
  };
}

import type { BranchCoverage, StepCoverage, TimelineEntry } from "@headwater/engine";
import type { TestOutcome, WorkflowCoverage } from "../test-project.js";

/** What `test --format json` prints. */
export interface TestReport {
  readonly tests: readonly {
    readonly file: string;
    readonly workflow: string;
    readonly name: string;
    readonly passed: boolean;
    readonly failures: readonly string[];
    readonly tookMs: number;
    /** Of a test that failed. */
    readonly timeline?: readonly TimelineEntry[];
  }[];
  readonly summary: { readonly passed: number; readonly failed: number };
  readonly coverage?: CoverageReport;
}

export interface CoverageReport {
  readonly workflows: readonly WorkflowCoverage[];
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

/** The report of tests; with coverage when that was asked for. */
export function reportOf(
  outcomes: readonly TestOutcome[],
  coverage: readonly WorkflowCoverage[] | null,
): TestReport {
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
    summary: { passed: outcomes.length - failed, failed },
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

function coverageReport(workflows: readonly WorkflowCoverage[]): CoverageReport {
  const steps = workflows.flatMap((workflow) => workflow.steps);
  return {
    workflows,
    steps: shareOf(steps.map(isReached)),
    branches: shareOf(steps.flatMap(({ branches }) => branches.map(isTaken))),
  };
}

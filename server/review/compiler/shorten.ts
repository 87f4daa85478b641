import type { Diagnostic } from "@headwater/workflow";
import type { LocatedDiagnostic } from "../../store/located-diagnostic.js";
import { boundedText } from "../plain-text.js";
import { FAILED_MAX, FINDINGS_MAX, type Judgement, type TestSummary } from "./judgement.js";

/** More than a comment or a check has room for. */
const PLAN_CHARACTERS_MAX = 60_000;
/** Of a page. */
const WHOLE_PLAN_CHARACTERS_MAX = 500_000;
const WHOLE_FINDINGS_MAX = 5000;
const WHOLE_FINDINGS_CHARACTERS_MAX = 1_000_000;
const MESSAGE_CHARACTERS_MAX = 2000;

/** What was found, however much that is. */
export interface Found {
  /** The worst first. */
  readonly findings: readonly Diagnostic[];
  /** Where it stands. */
  readonly locate: (finding: Diagnostic) => LocatedDiagnostic;
  /** The plan, of so many characters at most. */
  readonly planOf: (sizeMax: number) => string;
  readonly tests: TestSummary;
}

/** As much of it as a check has room for and, where that is not all, as much as a page has. */
export function shorten({
  findings,
  locate,
  planOf,
  tests,
}: Found): Pick<Judgement, "findings" | "plan" | "tests" | "whole"> {
  const whole = planOf(WHOLE_PLAN_CHARACTERS_MAX);
  const plan = whole.length > PLAN_CHARACTERS_MAX ? planOf(PLAN_CHARACTERS_MAX) : whole;
  const { failed } = tests;
  const isAll = plan === whole && findings.length <= FINDINGS_MAX && failed.length <= FAILED_MAX;
  return {
    findings: findings.slice(0, FINDINGS_MAX).map(locate),
    plan,
    tests: { ...tests, failed: failed.slice(0, FAILED_MAX) },
    whole: isAll
      ? null
      : { findings: findingsOfPage(findings.slice(0, WHOLE_FINDINGS_MAX).map(locate)), plan: whole, failed },
  };
}

function findingsOfPage(found: readonly LocatedDiagnostic[]): readonly LocatedDiagnostic[] {
  const findings: LocatedDiagnostic[] = [];
  let room = WHOLE_FINDINGS_CHARACTERS_MAX;
  for (const finding of found) {
    const message = boundedText(finding.message, MESSAGE_CHARACTERS_MAX);
    room -= finding.file.length + message.length;
    if (room < 0) break;
    findings.push({ ...finding, message });
  }
  return findings;
}

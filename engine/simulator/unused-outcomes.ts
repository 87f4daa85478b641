import type { GivenOutcome, TestCase } from "@headwater/workflow";
import { dottedPath } from "../step-path.js";
import type { SimulationResult } from "./simulate.js";
import type { TestFailure } from "./test-failure.js";

/**
 * Outcomes that a test gives and that nothing ever asked for: what they were to show, the test has not shown. None are told
 * of where the test says itself that the step does not run, or where a failure before it or a cancel kept it from running.
 */
export function unusedOutcomes(
  { given, expect }: Pick<TestCase, "given" | "expect">,
  result: SimulationResult,
): readonly TestFailure[] {
  return Object.entries(given).flatMap(([step, outcomes]) => {
    const unused = outcomes.filter((outcome) => !result.used.has(outcome));
    const [first] = unused;
    if (first === undefined || isKeptFromRunning(step, expect, result)) return [];
    const why = reasonOf(first, outcomes, statusesOf(step, result));
    const message = `${nameOf(first, outcomes)} of step "${step}" was never used: ${why}`;
    return [{ place: `given.${step}`, message }];
  });
}

function nameOf(outcome: GivenOutcome, outcomes: readonly GivenOutcome[]): string {
  return outcomes.length === 1 ? "The given outcome" : `Given outcome ${outcomes.indexOf(outcome) + 1}`;
}

function reasonOf(
  { where }: GivenOutcome,
  outcomes: readonly GivenOutcome[],
  statuses: ReadonlySet<string>,
): string {
  if (statuses.size === 0) return "the step never began";
  const isAtAll = [...statuses].some((status) => status !== "skipped");
  if (!isAtAll) return "the step is skipped";
  if (where !== null) return `there is no attempt left of an iteration where ${where}`;
  return outcomes.length === 1 ? "nothing asks for it" : "there are not so many attempts";
}

/** States of a step that has not run, or not to its end. */
const NOT_RUN: ReadonlySet<string> = new Set(["skipped", "upstream_failed", "canceled"]);

function isKeptFromRunning(step: string, expect: TestCase["expect"], result: SimulationResult): boolean {
  const isExpected = Object.entries(expect.steps).some(
    ([path, expected]) =>
      expected.some(({ status }) => status !== null && NOT_RUN.has(status)) &&
      (step === path || step.startsWith(`${path}.`)),
  );
  const statuses = statusesOf(step, result);
  return isExpected || statuses.has("canceled") || statuses.has("upstream_failed");
}

/** How the instances of a step ended, or those of the nearest step around it that has any. */
function statusesOf(step: string, { steps }: SimulationResult): ReadonlySet<string> {
  for (let path = step; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const instances = [...steps.values()].filter((one) => dottedPath(one.path) === path);
    if (instances.length > 0) {
      const isIncomplete = path !== step && instances.some(({ status }) => status === "succeeded");
      return isIncomplete ? new Set() : new Set(instances.map(({ status }) => status));
    }
  }
  return new Set();
}

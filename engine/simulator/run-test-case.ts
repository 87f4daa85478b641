import {
  createEvaluator,
  createScheduleReader,
  expectsOfRun,
  expectsSomething,
  formatDuration,
  formatTimestamp,
  showValue,
} from "@headwater/workflow";
import type {
  Evaluator,
  ExpectedStep,
  ScheduleReader,
  TestCase,
  WorkflowDefinition,
} from "@headwater/workflow";
import { resolveParams } from "../params.js";
import type { StepChange } from "../step-change.js";
import { dottedPath } from "../step-path.js";
import { checkStarts } from "./check-starts.js";
import { isEqualJson } from "./equal-json.js";
import { simulate } from "./simulate.js";
import type { SimulationResult, WorkflowLookup } from "./simulate.js";
import { unusedOutcomes } from "./unused-outcomes.js";

export interface TestCaseResult {
  readonly passed: boolean;
  /** Each says what was expected and what came instead; empty when the test passed. */
  readonly failures: readonly string[];
  /** The run that was simulated; null when the test has none, or its params are wrong. */
  readonly simulation: SimulationResult | null;
}

/** What is dear to make and the same for every test. */
export interface TestTools {
  readonly evaluator: Evaluator;
  readonly schedules: ScheduleReader;
}

/** Tools for any number of tests, one after the other. */
export function createTestTools(): TestTools {
  return { evaluator: createEvaluator(), schedules: createScheduleReader() };
}

/** When simulated runs begin where a test says nothing: any fixed instant would do. */
const START_AT = Date.UTC(2026, 0, 1);
const FIRES_SHOWN_MAX = 5;
const FIRES_MAX = 10_000;

/** A workflow that is tested, and those that its steps may run. */
export interface TestedWorkflow {
  readonly definition: WorkflowDefinition;
  readonly workflows?: WorkflowLookup;
}

/** Runs one test of a workflow in virtual time. Nothing is executed. Whoever runs many gives all of them the same tools. */
export function runTestCase(
  tested: TestedWorkflow,
  test: TestCase,
  tools: TestTools = createTestTools(),
): TestCaseResult {
  const { definition } = tested;
  // A test of the triggers alone needs no run, and so no params.
  const run = expectsOfRun(test) ? playRun(tested, test, tools) : NO_RUN;
  const { evaluator } = tools;
  const starts =
    test.starts === null ? [] : checkStarts(definition, test.starts, { evaluator, startAt: START_AT });
  const nothing = expectsSomething(test) ? [] : [EXPECTS_NOTHING];
  const failures = [...nothing, ...checkFires(definition, test, tools), ...starts, ...run.failures];
  return { passed: failures.length === 0, failures, simulation: run.simulation };
}

const EXPECTS_NOTHING =
  'The test expects nothing, so it shows nothing: say under "expect" what must come out';
const NO_RUN: Omit<TestCaseResult, "passed"> = { failures: [], simulation: null };

function checkFires(
  { triggers }: WorkflowDefinition,
  { fires }: TestCase,
  { schedules }: TestTools,
): readonly string[] {
  if (fires === null) return [];
  const instants = new Set<number>();
  for (const trigger of triggers) {
    if (trigger.kind !== "schedule") continue;
    let at = schedules.nextFire(trigger, fires.fromMs - 1);
    while (at !== null && at < fires.toMs && instants.size <= FIRES_MAX) {
      instants.add(at);
      at = schedules.nextFire(trigger, at);
    }
  }
  const expected = new Set(fires.atMs);
  const missing = fires.atMs.filter((at) => !instants.has(at));
  const extra = [...instants].filter((at) => !expected.has(at)).sort((one, other) => one - other);
  return [
    ...(missing.length > 0 ? [`Expected the schedule to fire at ${inWords(missing)}: it does not`] : []),
    ...(extra.length > 0 ? [`Expected the schedule not to fire at ${inWords(extra)}: it does`] : []),
  ];
}

function inWords(instants: readonly number[]): string {
  const shown = instants.slice(0, FIRES_SHOWN_MAX).map(formatTimestamp).join(", ");
  const more = instants.length - FIRES_SHOWN_MAX;
  return more > 0 ? `${shown} and ${more} more times` : shown;
}

function playRun(
  { definition, workflows = () => null }: TestedWorkflow,
  test: TestCase,
  { evaluator }: TestTools,
): Omit<TestCaseResult, "passed"> {
  const resolved = resolveParams(definition, test.params, {
    id: "simulated",
    scheduledAt: START_AT,
    createdAt: START_AT,
    trigger: "manual",
    commit: "",
    environment: "test",
    evaluator,
  });
  if (!resolved.ok) {
    const failures = resolved.problems.map(({ param, message }) => `Param "${param}" ${message}`);
    return { failures, simulation: null };
  }
  const { params } = resolved;
  const { given } = test;
  const simulation = simulate({ definition, params, given, workflows, startAt: START_AT, evaluator });
  const failures = [...checkRun(test.expect, simulation), ...unusedOutcomes(test, simulation)];
  return { failures, simulation };
}

function checkRun({ run, steps, takes }: TestCase["expect"], result: SimulationResult): readonly string[] {
  return [
    ...(run === null || run === result.status
      ? []
      : [`Expected the run to be ${run}: it is ${inFull(result)}`]),
    ...Object.entries(steps).flatMap(([id, expected]) => checkStep(id, expected, result)),
    ...checkDuration(takes, result.tookMs),
  ];
}

function inFull({ status, reason }: { readonly status: string; readonly reason: string | null }): string {
  return reason === null ? status : `${status} (${reason})`;
}

function checkDuration(takes: TestCase["expect"]["takes"], tookMs: number): readonly string[] {
  const took = `it takes ${formatDuration(tookMs)}`;
  if (takes.atLeastMs !== null && tookMs < takes.atLeastMs) {
    return [`Expected the run to take at least ${formatDuration(takes.atLeastMs)}: ${took}`];
  }
  if (takes.atMostMs !== null && tookMs > takes.atMostMs) {
    return [`Expected the run to take at most ${formatDuration(takes.atMostMs)}: ${took}`];
  }
  return [];
}

/** A step inside a foreach must be what is expected of it in every iteration. */
function checkStep(id: string, expected: ExpectedStep, result: SimulationResult): readonly string[] {
  const instances = [...result.steps.values()].filter(({ path }) => dottedPath(path) === id);
  if (instances.length === 0) return checkNeverBegun(id, expected, result);
  for (const step of instances) {
    const problem = checkInstance(step, expected);
    if (problem !== null) return [problem];
  }
  return [];
}

function checkInstance(step: StepChange, { status, attempts, outputs }: ExpectedStep): string | null {
  if (status !== null && step.status !== status)
    return `Expected step "${step.path}" to be ${status}: it is ${inFull(step)}`;
  if (attempts !== null && step.attempt !== attempts) {
    return `Expected step "${step.path}" to take ${attempts} attempts: it takes ${step.attempt}`;
  }
  for (const [name, value] of Object.entries(outputs ?? {})) {
    const actual = step.outputs?.[name] ?? null;
    if (!isEqualJson(actual, value)) {
      return `Expected output "${name}" of step "${step.path}" to be ${showValue(value)}: it is ${showValue(actual)}`;
    }
  }
  return null;
}

/** A step of a foreach that never ran shares its fate. */
function checkNeverBegun(id: string, expected: ExpectedStep, result: SimulationResult): readonly string[] {
  const outer = id.includes(".") ? result.steps.get(id.slice(0, id.indexOf("."))) : undefined;
  const fate = outer === undefined ? null : outer.status;
  if (expected.status !== null && expected.status === fate && expected.attempts === null) return [];
  return [`Expected step "${id}" to be ${expected.status ?? "there"}: it never began`];
}

import {
  createEvaluator,
  createScheduleReader,
  createTimeZones,
  dueAt,
  expectsOfRun,
  expectsSomething,
  formatDuration,
  formatTimestamp,
  lastOf,
  localText,
} from "@headwater/workflow";
import type {
  Evaluator,
  ScheduleReader,
  TestCase,
  WorkflowDefinition,
  WorkflowProperties,
} from "@headwater/workflow";
import { resolveParams } from "../params.js";
import type { RunFacts } from "../run-input.js";
import { checkExpectedStep } from "./check-expected-step.js";
import { checkStarts } from "./check-starts.js";
import type { AskedConditions } from "./held-conditions.js";
import { impliedTrigger } from "./implied-trigger.js";
import { wantedSignal } from "./wanted-signal.js";
import { simulateInSteps } from "./simulate.js";
import type { SimulationResult, WorkflowLookup } from "./simulate.js";
import { mismatch, type TestFailure } from "./test-failure.js";
import { unusedOutcomes } from "./unused-outcomes.js";

export interface TestCaseResult {
  readonly passed: boolean;
  /** What was expected and what came instead; empty when the test passed. */
  readonly failures: readonly TestFailure[];
  /** The run that was simulated; null when the test has none, or its params are wrong. */
  readonly simulation: SimulationResult | null;
}

/** What is dear to make and the same for every test. */
export interface TestTools {
  readonly evaluator: Evaluator;
  readonly schedules: ScheduleReader;
  /** Events allowed for a run before it is left; see `SimulationOptions`. */
  readonly eventsMax?: number;
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
  /** By when its runs should end. */
  readonly properties?: Pick<WorkflowProperties, "expect">;
}

/** Runs one test of a workflow in virtual time. Nothing is executed. Whoever runs many gives all of them the same tools. */
export function runTestCase(
  tested: TestedWorkflow,
  test: TestCase,
  tools: TestTools = createTestTools(),
): TestCaseResult {
  return lastOf(runTestCaseInSteps(tested, test, tools));
}

/**
 * The same, for whoever has other things to do meanwhile.
 * @yields nothing, as `simulateInSteps` does
 */
export function* runTestCaseInSteps(
  tested: TestedWorkflow,
  test: TestCase,
  tools: TestTools,
): Generator<undefined, TestCaseResult> {
  const { definition } = tested;
  // A test of the triggers alone needs no run, and so no params.
  const run = expectsOfRun(test) ? yield* playRun(tested, test, tools) : NO_RUN;
  const { evaluator } = tools;
  const starts =
    test.starts === null ? [] : checkStarts(definition, test.starts, { evaluator, startAt: START_AT });
  const nothing = expectsSomething(test) ? [] : [EXPECTS_NOTHING];
  const failures = [...nothing, ...checkFires(definition, test, tools), ...starts, ...run.failures];
  return { passed: failures.length === 0, failures, simulation: run.simulation };
}

const EXPECTS_NOTHING: TestFailure = {
  place: "expect",
  message: 'The test expects nothing, so it shows nothing: say under "expect" what must come out',
};
const NO_RUN: Omit<TestCaseResult, "passed"> = { failures: [], simulation: null };

function checkFires(
  { triggers }: WorkflowDefinition,
  { fires }: TestCase,
  { schedules }: TestTools,
): readonly TestFailure[] {
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
  const actual = [...instants].sort((one, other) => one - other);
  const extra = actual.filter((at) => !expected.has(at));
  const values = { expected: fires.atMs.map(formatTimestamp), actual: actual.map(formatTimestamp) };
  const inWords = (instants: readonly number[]): string => instantsText(instants, onlyZoneOf(triggers));
  return [
    ...(missing.length > 0
      ? [mismatch("fires.at", `Expected the schedule to fire at ${inWords(missing)}: it does not`, values)]
      : []),
    ...(extra.length > 0
      ? [mismatch("fires.at", `Expected the schedule not to fire at ${inWords(extra)}: it does`, values)]
      : []),
  ];
}

/** The time zone of all schedules; null where they have several, or UTC, which stands there anyway. */
function onlyZoneOf(triggers: WorkflowDefinition["triggers"]): string | null {
  const [zone, ...others] = new Set(
    triggers.flatMap((trigger) => (trigger.kind === "schedule" ? [trigger.timezone] : [])),
  );
  return zone === undefined || zone === "UTC" || others.length > 0 ? null : zone;
}

/** `2026-11-02T07:00:00Z (Mon 2026-11-02 02:00 -05:00)`: authors think in the time of the schedule. */
function instantsText(instants: readonly number[], zone: string | null): string {
  const zones = createTimeZones();
  const local = (at: number): string =>
    zone === null ? "" : ` (${localText(at, zones.offsetMs(zone, at))})`;
  const shown = instants
    .slice(0, FIRES_SHOWN_MAX)
    .map((at) => formatTimestamp(at) + local(at))
    .join(", ");
  const more = instants.length - FIRES_SHOWN_MAX;
  return more > 0 ? `${shown} and ${more} more times` : shown;
}

function* playRun(
  { definition, workflows = () => null, properties }: TestedWorkflow,
  test: TestCase,
  { evaluator, schedules, eventsMax }: TestTools,
): Generator<undefined, Omit<TestCaseResult, "passed">> {
  const { signal, signals } = test.begins;
  const run = beginningOf(test.begins);
  const resolved = resolveParams(definition, test.params, {
    id: "simulated",
    createdAt: START_AT,
    commit: "",
    ...run,
    evaluator,
  });
  if (!resolved.ok) {
    const failures = resolved.problems.map(({ param, message }) => ({
      place: `params.${param}`,
      message: `Param "${param}" ${message}`,
    }));
    return { failures, simulation: null };
  }
  const { scheduledAt } = run;
  const due = dueAt(schedules, properties?.expect ?? null, { scheduledAt, createdAt: START_AT });
  const simulation = yield* simulateInSteps({
    definition,
    params: resolved.params,
    given: test.given,
    conditions: conditionsOf(test),
    workflows,
    startAt: START_AT,
    dueAt: due,
    run,
    attempt: test.begins.attempt,
    signal,
    signals: signals ?? {},
    evaluator,
    ...(eventsMax !== undefined && { eventsMax }),
  });
  const mismatches = checkRun(test.expect, simulation);
  const wanted = mismatches.length === 0 ? null : wantedSignal(definition, test.begins, simulation);
  const failures = [
    ...mismatches,
    ...(wanted === null ? [] : [{ place: wanted, message: `${SIGNAL_WANTED}: give it under "${wanted}"` }]),
    ...checkLateness(test.expect.isLate, due, simulation),
    ...unusedOutcomes(test, simulation),
  ];
  return { failures, simulation };
}

const SIGNAL_WANTED =
  "The steps read what the signal carried that started the run, and the test does not say it";

function beginningOf(begins: TestCase["begins"]): Pick<RunFacts, "trigger" | "environment" | "scheduledAt"> {
  return {
    trigger: begins.trigger ?? impliedTrigger(begins),
    environment: begins.environment ?? "test",
    scheduledAt: begins.scheduledAtMs ?? START_AT,
  };
}

/** Which conditions the test has for the iterations of which step. */
function conditionsOf({ expect: { steps } }: TestCase): AskedConditions {
  const asked = Object.entries(steps).map(
    ([id, expected]) => [id, expected.flatMap(({ where }) => where ?? [])] as const,
  );
  return new Map(asked.filter(([, conditions]) => conditions.length > 0));
}

function checkRun(
  { run, steps, takes }: TestCase["expect"],
  result: SimulationResult,
): readonly TestFailure[] {
  return [
    ...checkStatus(run, result),
    ...Object.entries(steps).flatMap(([id, expected]) => checkExpectedStep(id, expected, result)),
    ...checkDuration(takes, result.tookMs),
  ];
}

function checkStatus(expected: string | null, { status, reason }: SimulationResult): readonly TestFailure[] {
  if (expected === null || expected === status) return [];
  const actual = reason === null ? status : `${status} (${reason})`;
  const message = `Expected the run to be ${expected}: it is ${actual}`;
  return [mismatch("expect.run", message, { expected, actual: status })];
}

function checkLateness(
  expected: boolean | null,
  due: number | null,
  { lateAt }: SimulationResult,
): readonly TestFailure[] {
  const isLate = lateAt !== null;
  if (expected === null || expected === isLate) return [];
  const why = due === null ? "its workflow expects no end by any time" : `it was due ${formatTimestamp(due)}`;
  const message = `Expected the run ${expected ? "to be" : "not to be"} late: ${isLate ? "it is" : "it is not"}, ${why}`;
  return [mismatch("expect.late", message, { expected: String(expected), actual: String(isLate) })];
}

function checkDuration(
  { atLeastMs, atMostMs }: TestCase["expect"]["takes"],
  tookMs: number,
): readonly TestFailure[] {
  const actual = formatDuration(tookMs);
  const wrong = (key: string, words: string, limitMs: number): TestFailure => {
    const expected = formatDuration(limitMs);
    const message = `Expected the run to take ${words} ${expected}: it takes ${actual}`;
    return mismatch(`expect.takes.${key}`, message, { expected, actual });
  };
  if (atLeastMs !== null && tookMs < atLeastMs) return [wrong("at_least", "at least", atLeastMs)];
  if (atMostMs !== null && tookMs > atMostMs) return [wrong("at_most", "at most", atMostMs)];
  return [];
}

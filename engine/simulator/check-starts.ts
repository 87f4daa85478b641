import {
  showValue,
  type Evaluator,
  type Json,
  type TestCase,
  type WorkflowDefinition,
} from "@headwater/workflow";
import { isEqualJson } from "./equal-json.js";
import { mismatch, type TestFailure } from "./test-failure.js";
import { startedRuns, type StartedRun } from "./started-runs.js";

type Starts = NonNullable<TestCase["starts"]>;

/** What is not as a test expects it of the runs that signals start; each says what came instead. */
export function checkStarts(
  definition: WorkflowDefinition,
  { signals, runs: expected }: Starts,
  world: { readonly evaluator: Evaluator; readonly startAt: number },
): readonly TestFailure[] {
  const { runs, problems } = startedRuns(definition, signals, world);
  const wrong = expected.flatMap((run, index) => checkRun(run, index, runs[index]));
  const failed = problems.map((message) => ({ place: "starts.signals", message }));
  return [...failed, ...checkCount(expected.length, runs), ...wrong];
}

function checkCount(expected: number, runs: readonly StartedRun[]): readonly TestFailure[] {
  if (expected === runs.length) return [];
  const by = runs.map((run) => run.by).join(", ");
  const came =
    runs.length === 0 ? "none does" : `${runs.length} ${runs.length === 1 ? "does" : "do"}, by signal ${by}`;
  const message = `Expected ${expected} ${expected === 1 ? "run" : "runs"} to start: ${came}`;
  return [mismatch("starts.runs", message, { expected, actual: runs.length })];
}

function checkRun(
  { by, params }: Starts["runs"][number],
  index: number,
  run: StartedRun | undefined,
): readonly TestFailure[] {
  if (run === undefined) return [];
  const name = `run ${index + 1}`;
  const place = `starts.runs[${index}]`;
  return [
    ...(run.problem === null
      ? []
      : [{ place, message: `Expected ${name} to begin: it cannot, since ${run.problem}` }]),
    ...checkStarter({ by, actual: run.by, name }, `${place}.by`),
    ...Object.entries(params).flatMap(([param, value]) => {
      const named = { place: `${place}.params.${param}`, what: `param "${param}" of ${name}` };
      return checkParam(named, value, run.params[param]);
    }),
  ];
}

function checkStarter(
  { by, actual, name }: { readonly by: number | null; readonly actual: number; readonly name: string },
  place: string,
): readonly TestFailure[] {
  if (by === null || by === actual) return [];
  const message = `Expected ${name} to be started by signal ${by}: signal ${actual} starts it`;
  return [mismatch(place, message, { expected: by, actual })];
}

function checkParam(
  { place, what }: { readonly place: string; readonly what: string },
  expected: Json,
  actual: Json = null,
): readonly TestFailure[] {
  if (isEqualJson(actual, expected)) return [];
  const message = `Expected ${what} to be ${showValue(expected)}: it is ${showValue(actual)}`;
  return [mismatch(place, message, { expected, actual })];
}

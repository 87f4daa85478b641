import {
  showValue,
  type Evaluator,
  type Json,
  type TestCase,
  type WorkflowDefinition,
} from "@headwater/workflow";
import { isEqualJson } from "./equal-json.js";
import { startedRuns, type StartedRun } from "./started-runs.js";

type Starts = NonNullable<TestCase["starts"]>;

/** What is not as a test expects it of the runs that signals start; each says what came instead. */
export function checkStarts(
  definition: WorkflowDefinition,
  { signals, runs: expected }: Starts,
  world: { readonly evaluator: Evaluator; readonly startAt: number },
): readonly string[] {
  const { runs, problems } = startedRuns(definition, signals, world);
  const wrong = expected.flatMap((run, index) => checkRun(run, index, runs[index]));
  return [...problems, ...checkCount(expected.length, runs), ...wrong];
}

function checkCount(expected: number, runs: readonly StartedRun[]): readonly string[] {
  if (expected === runs.length) return [];
  const by = runs.map((run) => run.by).join(", ");
  const came =
    runs.length === 0 ? "none does" : `${runs.length} ${runs.length === 1 ? "does" : "do"}, by signal ${by}`;
  return [`Expected ${expected} ${expected === 1 ? "run" : "runs"} to start: ${came}`];
}

function checkRun(
  { by, params }: Starts["runs"][number],
  index: number,
  run: StartedRun | undefined,
): readonly string[] {
  if (run === undefined) return [];
  const name = `run ${index + 1}`;
  return [
    ...(run.problem === null ? [] : [`Expected ${name} to begin: it cannot, since ${run.problem}`]),
    ...(by === null || by === run.by
      ? []
      : [`Expected ${name} to be started by signal ${by}: signal ${run.by} starts it`]),
    ...Object.entries(params).flatMap(([param, value]) =>
      checkParam(`param "${param}" of ${name}`, value, run.params[param]),
    ),
  ];
}

function checkParam(what: string, expected: Json, actual: Json = null): readonly string[] {
  if (isEqualJson(actual, expected)) return [];
  return [`Expected ${what} to be ${showValue(expected)}: it is ${showValue(actual)}`];
}

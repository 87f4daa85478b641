import { showValue, type ExpectedStep, type Json } from "@headwater/workflow";
import type { StepChange } from "../step-change.js";
import { dottedPath } from "../step-path.js";
import { isEqualJson } from "./equal-json.js";
import { INSTANCES_MAX } from "./recording.js";
import type { SimulationResult } from "./simulate.js";
import { mismatch, type TestFailure } from "./test-failure.js";

/**
 * What is not as a test expects it of a step. Within a loop it must be so in every iteration, in those that `where` names, or in
 * as many as `iterations` says; of the iterations that are otherwise the first is told.
 */
export function checkExpectedStep(
  id: string,
  expected: readonly ExpectedStep[],
  result: SimulationResult,
): readonly TestFailure[] {
  const instances = [...result.steps.values()].filter(({ path }) => dottedPath(path) === id);
  if (instances.length === 0) return expected.flatMap((one) => checkNeverBegun(id, one, result));
  return expected.flatMap((one) => checkInstances(id, one, { instances, holding: result.holding }));
}

interface Instances extends Pick<SimulationResult, "holding"> {
  readonly instances: readonly StepChange[];
}

function checkInstances(
  id: string,
  expected: ExpectedStep,
  { instances, holding }: Instances,
): readonly TestFailure[] {
  const { where, iterations } = expected;
  const meant =
    where === null ? instances : instances.filter(({ path }) => holding.get(path)?.has(where) === true);
  if (iterations !== null) return checkCount(id, expected, { meant, all: instances.length });
  if (meant.length === 0) {
    const message = `Expected step "${id}" to be ${inWords(expected)} where ${String(where)}: there is no such iteration`;
    return [{ place: placeOf(id), message }];
  }
  for (const step of meant) {
    const failure = checkInstance(step, expected);
    if (failure !== null) return [failure];
  }
  return [];
}

/** Of more instances than are kept nobody knows how many are as they should be. */
function checkCount(
  id: string,
  expected: ExpectedStep,
  { meant, all }: { readonly meant: readonly StepChange[]; readonly all: number },
): readonly TestFailure[] {
  const { where, iterations } = expected;
  const place = `${placeOf(id)}.iterations`;
  if (all >= INSTANCES_MAX) {
    return [
      { place, message: `Cannot count the iterations of step "${id}": more than ${INSTANCES_MAX} began` },
    ];
  }
  const count = meant.filter((step) => checkInstance(step, expected) === null).length;
  if (iterations === null || count === iterations) return [];
  const which = where === null ? "" : ` where ${where}`;
  const message = `Expected step "${id}" to be ${inWords(expected)} in ${iterations} of its iterations${which}: it is in ${count} of ${meant.length}`;
  return [mismatch(place, message, { expected: iterations, actual: count })];
}

function checkInstance(step: StepChange, { status, attempts, outputs }: ExpectedStep): TestFailure | null {
  const { path } = step;
  if (status !== null && step.status !== status) {
    const why = step.reason === null ? "" : ` (${step.reason})`;
    const message = `Expected step "${path}" to be ${status}: it is ${step.status}${why}`;
    return mismatch(`${placeOf(path)}.status`, message, { expected: status, actual: step.status });
  }
  if (attempts !== null && step.attempt !== attempts) {
    const message = `Expected step "${path}" to take ${attempts} attempts: it takes ${step.attempt}`;
    return mismatch(`${placeOf(path)}.attempts`, message, { expected: attempts, actual: step.attempt });
  }
  return checkOutputs(step, outputs ?? {});
}

function checkOutputs(
  { path, outputs }: StepChange,
  expected: Readonly<Record<string, Json>>,
): TestFailure | null {
  for (const [name, value] of Object.entries(expected)) {
    const actual = outputs?.[name] ?? null;
    if (isEqualJson(actual, value)) continue;
    const message = `Expected output "${name}" of step "${path}" to be ${showValue(value)}: it is ${showValue(actual)}`;
    return mismatch(`${placeOf(path)}.outputs.${name}`, message, { expected: value, actual });
  }
  return null;
}

/** A step of a loop that never ran shares its fate. */
function checkNeverBegun(
  id: string,
  expected: ExpectedStep,
  result: SimulationResult,
): readonly TestFailure[] {
  const { status, attempts, where, iterations } = expected;
  if (iterations === 0) return [];
  const isPlain = attempts === null && where === null && iterations === null;
  if (isPlain && status !== null && status === fateAround(id, result)) return [];
  const message = `Expected step "${id}" to be ${status ?? "there"}: it never began`;
  return [{ place: placeOf(id), message, ...(status === null ? {} : { expected: status, actual: null }) }];
}

/** What became of the outermost loop around a step. */
function fateAround(id: string, { steps }: SimulationResult): string | null {
  return id.includes(".") ? (steps.get(id.slice(0, id.indexOf(".")))?.status ?? null) : null;
}

function inWords({ status, attempts, outputs }: ExpectedStep): string {
  const parts = [
    ...(status === null ? [] : [status]),
    ...(attempts === null ? [] : [`at attempt ${attempts}`]),
    ...Object.entries(outputs ?? {}).map(([name, value]) => `with ${name} ${showValue(value)}`),
  ];
  return parts.length === 0 ? "there" : parts.join(", ");
}

function placeOf(path: string): string {
  return `expect.steps.${path}`;
}

import type { GivenOutcome, Json, ValueType } from "@headwater/workflow";
import type { AttemptResult } from "../event.js";
import type { PlannedStep } from "../plan.js";
import { iterationOf, stepOf } from "../run-state.js";
import type { Cell, RunState } from "../run-state.js";
import { eachScope } from "../scope.js";
import { locate } from "../step-path.js";
import { dottedPath } from "./recording.js";

/** How an attempt goes. */
export interface Outcome {
  readonly afterMs: number;
  readonly result: AttemptResult;
}

/** A value of each type, for outputs of which the test says nothing. */
const SMALLEST: Readonly<Record<ValueType["name"], Json>> = {
  string: "",
  int: 0,
  double: 0,
  bool: false,
  date: "2000-01-01",
  timestamp: "2000-01-01T00:00:00Z",
  duration: "0s",
  list: [],
  map: {},
  json: null,
};
const NONE: GivenOutcome = { where: null, fails: null, outputs: {}, afterMs: 0 };

/** The given outcome of an attempt; the last one repeats. Outcomes with another `where` are as if not written. */
export function outcomeOf(
  state: RunState,
  { path, attempt }: { readonly path: string; readonly attempt: number },
  given: Readonly<Record<string, readonly GivenOutcome[]>>,
): Outcome {
  const cell = locate(state, path);
  const id = dottedPath(path);
  const outcomes = Object.hasOwn(given, id) ? (given[id] ?? []) : [];
  const fitting = cell === null ? [] : outcomes.filter((outcome) => applies(state, cell, outcome));
  const outcome = fitting[attempt - 1] ?? fitting.at(-1) ?? NONE;
  return cutOff(outcome, cell === null ? null : stepOf(cell));
}

function applies(state: RunState, { block, index }: Cell, { where }: GivenOutcome): boolean {
  if (where === null) return true;
  const scope = { ...state.base, each: eachScope(block, iterationOf(block, index)) };
  const answer = state.evaluator.condition(where, scope);
  return answer.ok && answer.value;
}

/** An attempt that takes longer than its step's timeout times out, as it would on a worker. */
function cutOff(outcome: GivenOutcome, step: PlannedStep | null): Outcome {
  const timeoutMs = step?.definition.timeoutMs ?? null;
  if (timeoutMs !== null && outcome.afterMs > timeoutMs)
    return { afterMs: timeoutMs, result: failure("timeout") };
  const { fails, afterMs } = outcome;
  if (fails !== null) return { afterMs, result: failure(fails) };
  const outputs = { ...defaultOutputs(step?.definition.outputs ?? {}), ...outcome.outputs };
  return { afterMs, result: { status: "succeeded", outputs } };
}

function failure(kind: "error" | "platform" | "timeout"): AttemptResult {
  const message = `the test gives the outcome "fails: ${kind}"`;
  return { status: "failed", class: kind, message, retryable: true };
}

function defaultOutputs(types: Readonly<Record<string, ValueType>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, SMALLEST[type.name]]));
}

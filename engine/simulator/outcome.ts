import type { GivenAnswer, GivenOutcome, Json, ValueType } from "@headwater/workflow";
import type { AttemptResult } from "../event.js";
import type { PlannedStep } from "../plan.js";
import { iterationOf, stepOf } from "../run-state.js";
import type { Cell, RunState } from "../run-state.js";
import { eachScope, loopScope } from "../scope.js";
import { dottedPath, locate, plannedStep } from "../step-path.js";

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
const NONE: GivenOutcome = {
  where: null,
  fails: null,
  isFinal: false,
  outputs: {},
  afterMs: 0,
  cached: false,
  signals: [],
  answer: null,
};

/** What a test gives, with a note of what of it was asked for. */
export interface GivenOutcomes {
  /** By dotted step id; the outcomes of a step's attempts, in order. */
  readonly bySteps: Readonly<Record<string, readonly GivenOutcome[]>>;
  readonly used: Set<GivenOutcome>;
  /** The number of an attempt of a step among those of all runs of the same place, from 1. */
  readonly numberOf: (path: string, attempt: number) => number;
}

type AttemptName = { readonly path: string; readonly attempt: number };

/** The given outcome of an attempt; the last one repeats. Outcomes with another `where` are as if not written. */
export function outcomeOf(state: RunState, attempt: AttemptName, given: GivenOutcomes): Outcome {
  const cell = locate(state, attempt.path);
  return cutOff(givenFor(state, attempt, given) ?? NONE, cell === null ? null : stepOf(cell));
}

/** The outputs of an earlier success of a step with a cache; null when the test gives none. */
export function cachedOutputs(
  state: RunState,
  attempt: AttemptName,
  given: GivenOutcomes,
): Readonly<Record<string, Json>> | null {
  const outcome = givenFor(state, attempt, given);
  if (outcome?.cached !== true) return null;
  const declared = plannedStep(state, attempt.path)?.definition.outputs ?? {};
  return { ...defaultOutputs(declared), ...outcome.outputs };
}

/** How long the signal of a gate lets wait, in milliseconds; null when it never comes. Without a word it is there. */
export function gateOpensAfter(
  state: RunState,
  { path, gate }: { readonly path: string; readonly gate: number },
  given: GivenOutcomes,
): number | null {
  const signal = givenFor(state, { path, attempt: 1 }, given)?.signals[gate];
  return signal === undefined ? 0 : signal.afterMs;
}

/** What becomes of an approval; null when nobody answers. Without a word it is approved at once. */
export function answerOf(state: RunState, path: string, given: GivenOutcomes): GivenAnswer | null {
  const outcome = givenFor(state, { path, attempt: 1 }, given);
  if (outcome === null || outcome.answer === null)
    return { by: null, approved: true, comment: "", afterMs: 0 };
  return outcome.answer === "never" ? null : outcome.answer;
}

function givenFor(
  state: RunState,
  { path, attempt }: AttemptName,
  { bySteps, used, numberOf }: GivenOutcomes,
): GivenOutcome | null {
  const id = dottedPath(path);
  const outcomes = Object.hasOwn(bySteps, id) ? (bySteps[id] ?? []) : [];
  if (outcomes.length === 0) return null;
  const cell = locate(state, path);
  const fitting = cell === null ? [] : outcomes.filter((outcome) => applies(state, cell, outcome));
  const outcome = fitting[numberOf(path, attempt) - 1] ?? fitting.at(-1) ?? null;
  if (outcome !== null) used.add(outcome);
  return outcome;
}

function applies(state: RunState, { block, index }: Cell, { where }: GivenOutcome): boolean {
  if (where === null) return true;
  const each = eachScope(block, iterationOf(block, index));
  const scope = { ...state.base, each, loop: loopScope(block) };
  const answer = state.evaluator.condition(where, scope);
  return answer.ok && answer.value;
}

/** An attempt that takes longer than its step's timeout times out, as it would on a worker. */
function cutOff(outcome: GivenOutcome, step: PlannedStep | null): Outcome {
  const timeoutMs = step?.definition.timeoutMs ?? null;
  if (timeoutMs !== null && outcome.afterMs > timeoutMs)
    return { afterMs: timeoutMs, result: failure("timeout") };
  const { fails, isFinal, afterMs } = outcome;
  if (fails !== null) return { afterMs, result: failure(fails, isFinal) };
  const outputs = { ...defaultOutputs(step?.definition.outputs ?? {}), ...outcome.outputs };
  return { afterMs, result: { status: "succeeded", outputs } };
}

function failure(kind: "error" | "platform" | "timeout", isFinal = false): AttemptResult {
  const message = `the given outcome is "fails: ${kind}"`;
  return { status: "failed", class: kind, message, retryable: !isFinal };
}

function defaultOutputs(types: Readonly<Record<string, ValueType>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, SMALLEST[type.name]]));
}

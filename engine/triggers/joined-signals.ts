import { canonicalJson, matchesSignal } from "@headwater/workflow";
import type { CelValue, Evaluated, Evaluator, JoinTrigger } from "@headwater/workflow";
import type { HeardSignal } from "./heard-signal.js";
import { signalScope } from "./signal-trigger.js";

/**
 * What has arrived for a trigger with `all`, of one value of the joined params: per name the latest signal that no run
 * has used.
 *
 * ```
 * nothing ──a signal──▶ some ──the last one missing, `if` holds──▶ a run; nothing
 *                       │  ▲
 *                       └──┘ a newer signal takes the place of the older one of its name;
 *                            one that is more than `within` older than the newest is forgotten
 * ```
 */
export type JoinedSignals<Signal extends HeardSignal = HeardSignal> = Readonly<Record<string, Signal>>;

/** What one signal means to a trigger with `all`. */
export interface JoinArrival {
  /** Equal for signals that belong together: the values of `join`. */
  readonly key: string;
  /** The names for which it counts: all whose conditions it satisfies. */
  readonly names: readonly string[];
}

/** Null when the signal is none of the trigger's, or lacks a param of `join`. */
export function arrivalOf(trigger: JoinTrigger, signal: HeardSignal): JoinArrival | null {
  const names = trigger.signals
    .filter((one) => one.signal === signal.signal && matchesSignal(one.match, signal.params))
    .map(({ name }) => name);
  if (names.length === 0) return null;
  if (trigger.join.some((param) => !Object.hasOwn(signal.params, param))) return null;
  return { key: canonicalJson(trigger.join.map((param) => signal.params[param])), names };
}

/** The signals that wait, and whether they start a run now. */
export interface JoinStep<Signal extends HeardSignal> {
  /** What waits from now on; empty once a run uses them. */
  readonly waiting: JoinedSignals<Signal>;
  /** All of them, when they start a run. */
  readonly complete: JoinedSignals<Signal> | null;
  /** Why `if` cannot be evaluated: then the signals go on waiting. */
  readonly problem: string | null;
}

/** Takes an arrival in. `waiting` is what has arrived before of the same key. */
export function joinSignal<Signal extends HeardSignal>(
  evaluator: Evaluator,
  trigger: JoinTrigger,
  arrived: {
    readonly waiting: JoinedSignals<Signal>;
    readonly signal: Signal;
    readonly names: readonly string[];
  },
): JoinStep<Signal> {
  const { signal, names } = arrived;
  const taken = { ...arrived.waiting, ...Object.fromEntries(names.map((name) => [name, signal])) };
  const waiting = withoutOld(taken, trigger.withinMs);
  if (trigger.signals.some(({ name }) => !Object.hasOwn(waiting, name))) {
    return { waiting, complete: null, problem: null };
  }
  const holds = conditionHolds(evaluator, trigger, waiting);
  if (!holds.ok) return { waiting, complete: null, problem: holds.message };
  return holds.value
    ? { waiting: {}, complete: waiting, problem: null }
    : { waiting, complete: null, problem: null };
}

/** Joined signals as expressions see them: `signals.orders.date`. */
export function signalsScope(signals: Readonly<Record<string, Pick<HeardSignal, "params">>>): CelValue {
  return Object.fromEntries(Object.entries(signals).map(([name, signal]) => [name, signalScope(signal)]));
}

function conditionHolds(
  evaluator: Evaluator,
  trigger: JoinTrigger,
  signals: JoinedSignals,
): Evaluated<boolean> {
  if (trigger.if === null) return { ok: true, value: true };
  return evaluator.condition(trigger.if, { signals: signalsScope(signals) });
}

function withoutOld<Signal extends HeardSignal>(
  signals: JoinedSignals<Signal>,
  withinMs: number | null,
): JoinedSignals<Signal> {
  if (withinMs === null) return signals;
  const newest = Math.max(...Object.values(signals).map(({ at }) => at));
  return Object.fromEntries(Object.entries(signals).filter(([, { at }]) => newest - at <= withinMs));
}

import { toCelValue } from "@headwater/workflow";
import type {
  Evaluator,
  Json,
  JoinTrigger,
  Scope,
  SignalTrigger,
  TestCase,
  WorkflowDefinition,
} from "@headwater/workflow";
import type { HeardSignal } from "../triggers/heard-signal.js";
import { arrivalOf, joinSignal, signalsScope, type JoinedSignals } from "../triggers/joined-signals.js";
import { hearsSignal, signalScope } from "../triggers/signal-trigger.js";
import { dedupeText, triggeredParams } from "../triggers/triggered-params.js";

/** A run that signals start in a simulation. */
export interface StartedRun {
  /** Which signal starts it, counted from 1: of those that are joined the last. */
  readonly by: number;
  readonly params: Readonly<Record<string, Json>>;
  /** Why it could not begin; null when it could. */
  readonly problem: string | null;
}

/** What comes of signals: the runs that they start, and conditions that could not be evaluated. */
export interface SignalOutcome {
  readonly runs: readonly StartedRun[];
  readonly problems: readonly string[];
}

type ArrivingSignals = NonNullable<TestCase["starts"]>["signals"];

/**
 * The runs that arriving signals start by the triggers of a workflow, by the rules of the service: conditions, joins, `dedupe`, and the
 * params that each run is given. Runs do not wait for each other here: `run_strategy` is about what comes after.
 */
export function startedRuns(
  definition: WorkflowDefinition,
  signals: ArrivingSignals,
  { evaluator, startAt }: { readonly evaluator: Evaluator; readonly startAt: number },
): SignalOutcome {
  const listening = new Listening(definition, evaluator);
  let at = startAt;
  for (const [index, { signal, params, afterMs }] of signals.entries()) {
    at += afterMs;
    listening.hear({ id: index + 1, signal, params, at });
  }
  return listening;
}

/** What has been heard so far. */
class Listening implements SignalOutcome {
  readonly runs: StartedRun[] = [];
  readonly problems: string[] = [];
  readonly #definition: WorkflowDefinition;
  readonly #evaluator: Evaluator;
  /** Signals that wait for others, by trigger and the value of `join`. */
  readonly #waiting = new Map<string, JoinedSignals>();
  readonly #deduped = new Set<string>();

  constructor(definition: WorkflowDefinition, evaluator: Evaluator) {
    this.#definition = definition;
    this.#evaluator = evaluator;
  }

  hear(signal: HeardSignal): void {
    for (const [index, trigger] of this.#definition.triggers.entries()) {
      if (trigger.kind === "signal") this.#hearAlone(trigger, signal);
      if (trigger.kind === "all") this.#join(trigger, index, signal);
    }
  }

  #hearAlone(trigger: SignalTrigger, signal: HeardSignal): void {
    const heard = hearsSignal(this.#evaluator, trigger, signal);
    if (!heard.ok) return this.#doubt(signal, heard.message);
    const scope = { signal: signalScope(signal), signals: signalsScope({}) };
    if (heard.value) this.#start(trigger, signal, scope);
  }

  #join(trigger: JoinTrigger, index: number, signal: HeardSignal): void {
    const arrival = arrivalOf(trigger, signal);
    if (arrival === null) return;
    const key = `${index} ${arrival.key}`;
    const waiting = this.#waiting.get(key) ?? {};
    const step = joinSignal(this.#evaluator, trigger, { waiting, signal, names: arrival.names });
    this.#waiting.set(key, step.waiting);
    if (step.problem !== null) this.#doubt(signal, step.problem);
    const scope = { signal: signalScope({ params: {} }), signals: signalsScope(step.complete ?? {}) };
    if (step.complete !== null) this.#start(trigger, signal, scope);
  }

  #start({ kind, params, dedupe }: SignalTrigger | JoinTrigger, { id, at }: HeardSignal, of: Scope): void {
    const run = {
      id: "simulated",
      scheduledAt: at,
      createdAt: at,
      trigger: kind,
      commit: "",
      environment: "test",
    };
    const scheduledAt = toCelValue(new Date(at).toISOString(), { name: "timestamp" });
    const scope = { ...of, run: { id: run.id, scheduled_at: scheduledAt, trigger: kind } };
    const text = dedupe === null ? null : dedupeText(this.#evaluator, dedupe, scope);
    if (text?.ok === true) {
      if (this.#deduped.has(text.value)) return;
      this.#deduped.add(text.value);
    }
    const definition = this.#definition;
    const usable = triggeredParams(this.#evaluator, { definition, params, scope, run });
    const problem = text?.ok === false ? text.message : usable.problem;
    this.runs.push({ by: id, params: usable.params, problem });
  }

  #doubt({ id, signal }: HeardSignal, message: string): void {
    this.problems.push(`Signal ${id}, ${signal}, starts nothing, since "if" cannot be evaluated: ${message}`);
  }
}

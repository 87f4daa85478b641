import { hearsSignal } from "@headwater/engine";
import type { SignalOrigin } from "../store/run-trigger.js";
import type { MatchedSignals, NewRun, SignalRow } from "../store/store.js";
import { HeardSignals, type HeardSignal } from "./heard-signals.js";
import type { Hearing } from "./hearings.js";
import { newRun, placeOf, type TriggeredRun } from "./new-run.js";
import { CHAINED_RUNS_MAX, RunChains } from "./run-chains.js";
import { SignalsInWait } from "./signals-in-wait.js";
import type { TriggersOptions } from "./triggers.js";

/** After so many runs that may start the next signals are of another transaction. */
const RUNS_A_ROUND = 1000;

/** The trigger keys of runs that stand for all that a full chain would still have started in their workflow. */
const REFUSED = "refused:";

/** What a batch of signals has come to so far. */
interface Batch {
  readonly chains: RunChains;
  readonly inWait: SignalsInWait;
}

/** A trigger that fires: what it is about, and all the signals that made it. */
interface Firing {
  readonly cause:
    | ({ readonly kind: "signal" } & SignalOrigin)
    | { readonly kind: "all"; readonly signals: Readonly<Record<string, SignalOrigin>> }
    | { readonly kind: "workflow"; readonly workflow: string; readonly runId: string };
  readonly signals: readonly SignalRow[];
}

/** Turns signals into runs, in the order of the signals; one batch at a time. */
export class SignalMatcher {
  readonly #options: TriggersOptions;
  readonly #heard: HeardSignals;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#heard = new HeardSignals(options.store);
  }

  /** Matches the oldest signals that have not been; false when there are none. */
  async matchNext(): Promise<boolean> {
    const { store, runs, chainedRunsMax = CHAINED_RUNS_MAX } = this.#options;
    const ahead = await this.#heard.peek();
    const heard = roundOf(ahead.heard);
    const last = heard.at(-1)?.signal;
    if (last === undefined) return false;
    const hearings = heard.flatMap((one) => one.hearings);
    const keys = hearings.flatMap((hearing) => ("key" in hearing ? [hearing.key] : []));
    const inWait = new SignalsInWait(await store.listJoinedSignals(keys));
    const batch = { chains: new RunChains(chainedRunsMax), inWait };
    const started = hearings.flatMap((hearing) => this.#start(hearing, batch) ?? []);
    runs.hear(heard.map(({ signal }) => signal));
    const matched = await this.#heard.take(last, () =>
      store.matchSignals(last.id, { edition: ahead.edition, runs: started, joined: inWait.changes() }),
    );
    this.#warn(matched);
    runs.adopt(matched.runs);
    return true;
  }

  /** The run that the signal starts; null when it starts none. */
  #start(hearing: Hearing, { chains, inWait }: Batch): NewRun | null {
    const firing = this.#fire(hearing, inWait);
    if (firing === null) return null;
    const chain = chains.chainOf(firing.signals);
    const isFull = chains.isFull(chain);
    const triggered = this.#triggered(hearing, { ...firing, cause: { ...firing.cause, ...chain } });
    const problem = chains.problem(hearing.workflow.workflow, triggered.trigger);
    const run = newRun(this.#options, { ...triggered, problem });
    chains.count(chain);
    if (!isFull) return run;
    return { ...run, triggerKey: `${REFUSED}${chain.root}:${placeOf(hearing.workflow)}` };
  }

  /** What the trigger fires with; null when it does not. */
  #fire(hearing: Hearing, inWait: SignalsInWait): Firing | null {
    const { trigger, signal } = hearing;
    if (trigger.kind === "workflow") {
      const { workflow, kind } = trigger;
      return { cause: { kind, workflow, runId: signal.runId ?? "" }, signals: [signal] };
    }
    if (trigger.kind === "signal") {
      const heard = hearsSignal(this.#options.evaluator, trigger, signal);
      if (!heard.ok) this.#warnOfCondition(signal, heard.message);
      if (!heard.ok || !heard.value) return null;
      return { cause: { kind: "signal", ...originOf(signal) }, signals: [signal] };
    }
    if (!("key" in hearing)) return null;
    const { complete, problem } = inWait.take(this.#options.evaluator, hearing);
    if (problem !== null) this.#warnOfCondition(signal, problem);
    if (complete === null) return null;
    const origins = Object.entries(complete).map(([name, one]) => [name, originOf(one)] as const);
    return {
      cause: { kind: "all", signals: Object.fromEntries(origins) },
      signals: Object.values(complete),
    };
  }

  #triggered(
    { workflow, definition, trigger, signal, index }: Hearing,
    firing: { readonly cause: TriggeredRun["trigger"]; readonly signals: readonly SignalRow[] },
  ): TriggeredRun {
    const { ids, clock } = this.#options;
    const now = clock.now();
    const of = firing.signals.map(({ id }) => id).join("+");
    return {
      id: ids.next("run", now),
      workflow,
      definition,
      trigger: firing.cause,
      triggerKey: `signal:${of}:${placeOf(workflow)}:${index}`,
      dedupe: trigger.kind === "workflow" ? null : trigger.dedupe,
      params: trigger.params,
      scheduledAt: signal.at,
      now,
    };
  }

  /** An `if` that cannot be evaluated does not fire, and says so. */
  #warnOfCondition({ signal, id }: SignalRow, problem: string): void {
    const { log } = this.#options;
    log.warn("a signal's condition could not be evaluated, so it did not fire", { signal, id, problem });
  }

  #warn({ runs, forgotten }: MatchedSignals): void {
    const { log } = this.#options;
    for (const { project, workflow, keys } of forgotten) {
      const fields = { project, workflow, keys };
      log.warn("more signals wait for others than are kept, so the longest waiting are forgotten", fields);
    }
    for (const { project, workflow, triggerKey, reason } of runs) {
      if (triggerKey?.startsWith(REFUSED) !== true) continue;
      const fields = { project, workflow, problem: reason ?? "" };
      log.warn("a workflow is not started any more by runs that start each other", fields);
    }
  }
}

/** As many signals as may start what one transaction holds, and always the first. */
function roundOf(ahead: readonly HeardSignal[]): readonly HeardSignal[] {
  let hearings = 0;
  let signals = 0;
  for (const one of ahead) {
    if (hearings >= RUNS_A_ROUND) break;
    hearings += one.hearings.length;
    signals += 1;
  }
  return ahead.slice(0, signals);
}

function originOf({ signal, id, params }: SignalRow): SignalOrigin {
  return { signal, signalId: id, params };
}

import type { GivenOutcome, Json, WorkflowDefinition } from "@headwater/workflow";
import { attemptRequest } from "../attempt-request.js";
import { createRun } from "../create-run.js";
import { decide } from "../decide.js";
import type { Effect } from "../effect.js";
import type { AttemptResult, RunEvent } from "../event.js";
import type { RunFacts } from "../run-input.js";
import type { RunState } from "../run-state.js";
import type { RunStatus } from "../run-status.js";
import type { StepChange } from "../step-change.js";
import { outcomeOf } from "./outcome.js";
import { Recording } from "./recording.js";
import type { StepCoverage, TimelineEntry } from "./recording.js";
import { TimerQueue } from "./timer-queue.js";

export interface SimulationOptions {
  readonly definition: WorkflowDefinition;
  /** Complete and checked; see `resolveParams`. */
  readonly params: Readonly<Record<string, Json>>;
  /** Step id, dotted for nested steps (`load.copy`) → outcomes of its attempts, in order; the last one repeats. */
  readonly given: Readonly<Record<string, readonly GivenOutcome[]>>;
  /** When the run is created and begins, epoch milliseconds. */
  readonly startAt: number;
  readonly run?: Partial<RunFacts>;
  /** Events allowed before the simulation gives up; 5,000,000 by default. */
  readonly eventsMax?: number;
}

export interface SimulationResult {
  /** Still `running` when the simulation gave up. */
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly tookMs: number;
  /** The last change of step instances, by path: of the first 100,000, and of those after what is new in them. */
  readonly steps: ReadonlyMap<string, StepChange>;
  readonly signals: readonly (Effect & { readonly kind: "emit" })[];
  /** Every status that a step instance took besides `waiting`, in order; see `TIMELINE_MAX`. */
  readonly timeline: readonly TimelineEntry[];
  /** How the instances of each step ended, in file order. */
  readonly coverage: readonly StepCoverage[];
  /** How many events the run took. */
  readonly events: number;
}

/** Two for each job of the largest run that goes well, and as many again for what does not. */
const EVENTS_MAX = 5_000_000;

/**
 * Runs a workflow in virtual time: the engine itself, with outcomes that are given instead of workers. A step without
 * an outcome succeeds at once, with outputs of its declared types. Its expressions are evaluated as they will be.
 */
export function simulate(options: SimulationOptions): SimulationResult {
  const simulation = new Simulation(options);
  simulation.play();
  return simulation.result();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #state: RunState;
  readonly #due = new TimerQueue<RunEvent>();
  readonly #recording = new Recording();
  readonly #signals: (Effect & { readonly kind: "emit" })[] = [];
  #reason: string | null = null;
  #now: number;
  #events = 0;

  constructor(options: SimulationOptions) {
    const { definition, params, startAt } = options;
    this.#options = options;
    this.#now = startAt;
    this.#state = createRun({
      definition,
      params,
      run: factsOf(options),
      workflow: { id: definition.id, version: 1, owner: null },
      signal: null,
    });
    this.#due.add(startAt, { kind: "start" });
  }

  play(): void {
    const eventsMax = this.#options.eventsMax ?? EVENTS_MAX;
    for (let next = this.#due.take(); next !== null; next = this.#due.take()) {
      if (this.#events >= eventsMax) return;
      this.#now = next.at;
      this.#apply(next.item);
      if (this.#state.status !== "queued" && this.#state.status !== "running") return;
    }
  }

  result(): SimulationResult {
    return {
      status: this.#state.status,
      reason: this.#reason,
      tookMs: this.#now - this.#options.startAt,
      steps: this.#recording.steps,
      signals: this.#signals,
      timeline: this.#recording.timeline,
      coverage: this.#recording.coverage(this.#options.definition.steps),
      events: this.#events,
    };
  }

  #apply(event: RunEvent): void {
    this.#events += 1;
    const { effects, changes } = decide(this.#state, event, this.#now);
    for (const change of changes) this.#recording.note(this.#now, change);
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "enqueue":
        return this.#attempt(effect.path, effect.attempt);
      case "cancel":
        return this.#end(effect, this.#now, { status: "canceled" });
      case "set_timer":
        // A timer that is cleared still rings: the engine knows which are set.
        return this.#due.add(effect.at, { kind: "timer", timer: effect.timer });
      case "emit":
        this.#signals.push(effect);
        return;
      case "finish":
        this.#reason = effect.reason;
        return;
      case "clear_timer":
        return;
    }
  }

  #attempt(path: string, attempt: number): void {
    this.#due.add(this.#now, { kind: "attempt_started", path, attempt });
    const request = attemptRequest(this.#state, path);
    if (!request.ok) {
      const { message } = request;
      return this.#end({ path, attempt }, this.#now, {
        status: "failed",
        class: "error",
        message,
        retryable: false,
      });
    }
    const { afterMs, result } = outcomeOf(this.#state, { path, attempt }, this.#options.given);
    this.#end({ path, attempt }, this.#now + afterMs, result);
  }

  #end(
    { path, attempt }: { readonly path: string; readonly attempt: number },
    at: number,
    result: AttemptResult,
  ): void {
    this.#due.add(at, { kind: "attempt_ended", path, attempt, result });
  }
}

function factsOf({ startAt, run }: SimulationOptions): RunFacts {
  return {
    id: "simulated",
    number: 1,
    scheduledAt: startAt,
    createdAt: startAt,
    trigger: "manual",
    commit: "0000000000000000000000000000000000000000",
    environment: "test",
    url: "",
    ...run,
  };
}

import type { Evaluator, Json, WorkflowDefinition } from "@headwater/workflow";
import { attemptRequest } from "../attempt-request.js";
import { createRun } from "../create-run.js";
import { decide } from "../decide.js";
import { dueTimer } from "../late.js";
import type { Effect } from "../effect.js";
import type { AttemptResult, RunEvent } from "../event.js";
import { resolveParams } from "../params.js";
import type { RunFacts, RunInput } from "../run-input.js";
import type { RunState } from "../run-state.js";
import { isRunEnded } from "../run-status.js";
import type { RunStatus } from "../run-status.js";
import type { StepChange } from "../step-change.js";
import { dottedPath, plannedStep } from "../step-path.js";
import type { AttemptNumbers } from "./attempt-numbers.js";
import { answerOf, cachedOutputs, gateOpensAfter, outcomeOf, type GivenOutcomes } from "./outcome.js";
import type { HeldConditions } from "./held-conditions.js";
import type { Recording } from "./recording.js";
import type { RunPlaces, SimulatedPlaces } from "./simulated-places.js";
import type { TimerQueue } from "./timer-queue.js";

/** What all runs of one simulation share. */
export interface SimulatedWorld {
  /** Virtual time, epoch milliseconds. */
  now: number;
  readonly startAt: number;
  readonly evaluator: Evaluator;
  readonly due: TimerQueue<Happening>;
  readonly recording: Recording;
  readonly held: HeldConditions;
  readonly places: SimulatedPlaces;
  readonly attempts: AttemptNumbers;
  readonly workflows: (id: string) => WorkflowDefinition | null;
  readonly signals: (Effect & { readonly kind: "emit" })[];
}

/** An event that a run will meet. */
export interface Happening {
  readonly run: SimulatedRun;
  readonly event: RunEvent;
}

/** What makes a simulated run. */
export interface SimulatedInput {
  readonly definition: WorkflowDefinition;
  readonly params: Readonly<Record<string, Json>>;
  /** What the signal carried that started it, or the joined ones by name. */
  readonly signal: RunInput["signal"];
  readonly signals: NonNullable<RunInput["signals"]>;
  /** See `SimulationOptions`. */
  readonly given: Omit<GivenOutcomes, "numberOf">;
  readonly facts: Partial<RunFacts>;
  /** Of the run: 1, or more for one that was restarted. */
  readonly attempt: number;
  /** By when it should have ended; null for any time, as of those that a step asks for. */
  readonly dueAt: number | null;
  /** The step that asked for it; null for the run that is simulated. */
  readonly parent: Parent | null;
}

interface Parent {
  readonly run: SimulatedRun;
  readonly effect: StartRun;
}

type StartRun = Effect & { readonly kind: "start_run" };
type RunEnd = Omit<RunEvent & { readonly kind: "run_ended" }, "kind" | "path" | "attempt">;

/** Runs that run each other may nest so deep. */
const DEPTH_MAX = 20;

/** One run in virtual time, and the runs that its steps ask for. */
export class SimulatedRun {
  reason: string | null = null;
  outputs: Readonly<Record<string, Json>> = {};
  readonly #world: SimulatedWorld;
  readonly #input: SimulatedInput;
  readonly #state: RunState;
  readonly #given: GivenOutcomes;
  /** Of the paths of its steps in the whole simulation: `report/`. */
  readonly #prefix: string;
  readonly #children = new Map<string, SimulatedRun>();
  /** What its attempts and those of the runs within it count against; empty where nothing but the engine itself limits them. */
  readonly places: readonly RunPlaces[];

  constructor(world: SimulatedWorld, input: SimulatedInput) {
    const { definition, params, parent } = input;
    this.#world = world;
    this.#input = input;
    this.#prefix = parent === null ? "" : `${parent.run.#prefix}${parent.effect.path}/`;
    this.#given = {
      ...input.given,
      numberOf: (path, attempt) => world.attempts.numberOf({ name: this.#prefix + path, run: this, attempt }),
    };
    world.recording.noteRun(this.#prefix, definition);
    this.#state = createRun({
      definition,
      params,
      run: factsOf(world, input),
      workflow: { id: definition.id, version: 1, owner: null },
      signal: input.signal,
      signals: input.signals,
      dueAt: input.dueAt,
      evaluator: world.evaluator,
    });
    this.#state.attempt = input.attempt;
    this.places = placesOf(input);
    for (const effect of dueTimer(this.#state)) this.#perform(effect);
    this.#meet(world.now, { kind: "start" });
  }

  get lateAt(): number | null {
    return this.#state.lateAt;
  }

  get status(): RunStatus {
    return this.#state.status;
  }

  apply(event: RunEvent): void {
    if (event.kind === "attempt_ended") this.#world.places.free(this.#nameOf(event));
    if (isRunEnded(this.status)) return;
    this.#world.recording.branches.noteEvent(this.#prefix, event);
    const { effects, changes, within } = decide(this.#state, event, this.#world.now);
    this.#world.held.note(this.#state, within, this.#prefix);
    for (const change of changes) this.#note(change);
    for (const effect of effects) this.#perform(effect);
  }

  #note(change: StepChange): void {
    // No copy for the run that is simulated itself, which has nearly all instances.
    const named = this.#prefix === "" ? change : { ...change, path: this.#prefix + change.path };
    this.#world.recording.note(this.#world.now, named);
    if (change.kind === "approval" && change.status === "paused") this.#answer(change.path);
  }

  get #depth(): number {
    const { parent } = this.#input;
    return parent === null ? 1 : parent.run.#depth + 1;
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "enqueue":
        return this.#attempt(effect);
      case "cancel":
        return this.#end(effect, this.#world.now, { status: "canceled" });
      case "start_run":
        return this.#startRun(effect);
      case "cancel_run":
        return this.#cancelRun(effect);
      case "await_signal":
        return this.#openGate(effect);
      case "set_timer":
        // A timer that is cleared still rings: the engine knows which are set.
        return this.#meet(effect.at, { kind: "timer", timer: effect.timer });
      case "emit":
        this.#world.signals.push(effect);
        return;
      case "finish":
        return this.#finish(effect);
      default:
        return;
    }
  }

  #attempt(effect: Effect & { readonly kind: "enqueue" }): void {
    if (this.#reuse(effect)) return;
    const begin = (): void => this.#begin(effect);
    this.#world.places.take(this.#nameOf(effect), { places: this.places, begin });
  }

  #begin(effect: Effect & { readonly kind: "enqueue" }): void {
    const { path, attempt } = effect;
    const { now } = this.#world;
    this.#meet(now, { kind: "attempt_started", path, attempt });
    const request = attemptRequest(this.#state, path);
    if (!request.ok) {
      const { message } = request;
      return this.#end(effect, now, { status: "failed", class: "error", message, retryable: false });
    }
    const { afterMs, result } = outcomeOf(this.#state, effect, this.#given);
    this.#end(effect, now + afterMs, result);
  }

  #nameOf({ path, attempt }: { readonly path: string; readonly attempt: number }): string {
    return this.places.length === 0 ? "" : `${this.#prefix}${path}/${attempt}`;
  }

  /** Answers a step with a cache for which the test gives an earlier result. */
  #reuse({ path, attempt, cache }: (Effect & { readonly kind: "enqueue" }) | StartRun): boolean {
    const outputs = cache === undefined ? null : cachedOutputs(this.#state, { path, attempt }, this.#given);
    if (outputs === null) return false;
    const from = "as given";
    this.#meet(this.#world.now, { kind: "cached", path, attempt, outputs, from });
    return true;
  }

  #startRun(effect: StartRun): void {
    if (this.#reuse(effect)) return;
    const { path, attempt, key, workflow } = effect;
    this.#meet(this.#world.now, { kind: "run_started", path, attempt, runId: `simulated ${key}` });
    const definition = this.#world.workflows(workflow);
    const isGiven = Object.hasOwn(this.#given.bySteps, dottedPath(path));
    if (definition === null || isGiven) return this.#giveRun(effect);
    if (this.#depth >= DEPTH_MAX) {
      const reason = `more than ${DEPTH_MAX} runs wait for each other`;
      return this.#endRun(effect, this.#world.now, { status: "failed", reason, outputs: {} });
    }
    this.#simulateRun(effect, definition);
  }

  /** The run goes as the outcome of its step says. */
  #giveRun(effect: StartRun): void {
    const { afterMs, result } = outcomeOf(this.#state, effect, this.#given);
    this.#endRun(effect, this.#world.now + afterMs, endOf(result));
  }

  #simulateRun(effect: StartRun, definition: WorkflowDefinition): void {
    const { now } = this.#world;
    const { id, scheduledAt, trigger, commit, environment } = factsOf(this.#world, this.#input);
    const { evaluator } = this.#world;
    const context = { id, scheduledAt, createdAt: now, trigger, commit, environment, evaluator };
    const resolved = resolveParams(definition, effect.params, context);
    if (!resolved.ok) {
      const reason = resolved.problems.map(({ param, message }) => `param "${param}" ${message}`).join("; ");
      return this.#endRun(effect, now, { status: "failed", reason, outputs: {} });
    }
    // A step has started it, whatever started the run around it.
    const { trigger: _of, ...facts } = this.#input.facts;
    const child = new SimulatedRun(this.#world, {
      definition,
      params: resolved.params,
      given: givenWithin(this.#given, dottedPath(effect.path)),
      facts,
      attempt: 1,
      dueAt: null,
      signal: null,
      signals: {},
      parent: { run: this, effect },
    });
    this.#children.set(effect.key, child);
  }

  #cancelRun(effect: Effect & { readonly kind: "cancel_run" }): void {
    const child = this.#children.get(effect.key);
    if (child !== undefined) return child.apply({ kind: "cancel", by: "its step", reason: "" });
    this.#endRun(effect, this.#world.now, { status: "canceled", reason: null, outputs: {} });
  }

  #openGate({ path, gate }: Effect & { readonly kind: "await_signal" }): void {
    const afterMs = gateOpensAfter(this.#state, { path, gate }, this.#given);
    if (afterMs !== null) this.#meet(this.#world.now + afterMs, { kind: "gate_opened", path, gate });
  }

  #answer(path: string): void {
    const definition = plannedStep(this.#state, path)?.definition;
    const approver = definition?.kind === "approval" ? definition.approvers[0] : undefined;
    const answer = answerOf(this.#state, path, this.#given);
    if (answer === null) return;
    const { approved, comment, afterMs } = answer;
    const by = answer.by ?? approver ?? "the test";
    this.#meet(this.#world.now + afterMs, { kind: "approve", path, by, approved, comment });
  }

  #finish({ status, reason, outputs = {} }: Effect & { readonly kind: "finish" }): void {
    this.reason = reason;
    this.outputs = outputs;
    const { parent } = this.#input;
    if (parent !== null) parent.run.#endRun(parent.effect, this.#world.now, { status, reason, outputs });
  }

  #endRun(
    { path, attempt }: { readonly path: string; readonly attempt: number },
    at: number,
    end: RunEnd,
  ): void {
    this.#meet(at, { kind: "run_ended", path, attempt, ...end });
  }

  #end(
    { path, attempt }: { readonly path: string; readonly attempt: number },
    at: number,
    result: AttemptResult,
  ): void {
    this.#meet(at, { kind: "attempt_ended", path, attempt, result });
  }

  #meet(at: number, event: RunEvent): void {
    this.#world.due.add(at, { run: this, event });
  }
}

/** A run for which a step waits counts against the runs around it, too. Alone a run is limited by the engine itself. */
function placesOf({ definition, parent }: SimulatedInput): readonly RunPlaces[] {
  const around = parent?.effect.wait === true ? parent.run.places : [];
  const { maxParallelSteps: limit, steps } = definition;
  return limit === null || !runsOthers(steps) ? around : [...around, { limit, taken: 0 }];
}

function runsOthers(steps: WorkflowDefinition["steps"]): boolean {
  return steps.some((step) => step.kind === "workflow" || ("steps" in step && runsOthers(step.steps)));
}

function factsOf({ startAt, now }: SimulatedWorld, { facts, parent }: SimulatedInput): RunFacts {
  return {
    id: "simulated",
    number: 1,
    scheduledAt: startAt,
    createdAt: now,
    trigger: parent === null ? "manual" : "step",
    commit: "0000000000000000000000000000000000000000",
    environment: "test",
    url: "",
    ...facts,
  };
}

function endOf(result: AttemptResult): RunEnd {
  switch (result.status) {
    case "succeeded":
      return { status: "succeeded", reason: null, outputs: result.outputs };
    case "canceled":
    case "withdrawn":
      return { status: "canceled", reason: null, outputs: {} };
    case "failed": {
      const status = result.class === "timeout" ? "timed_out" : "failed";
      return { status, reason: result.message, outputs: {} };
    }
  }
}

/** What is given for the steps of the run that a step asks for: `report.extract` is its `extract`. */
function givenWithin({ bySteps, used }: GivenOutcomes, step: string): SimulatedInput["given"] {
  const prefix = `${step}.`;
  const within = Object.entries(bySteps).filter(([id]) => id.startsWith(prefix));
  return {
    bySteps: Object.fromEntries(within.map(([id, outcomes]) => [id.slice(prefix.length), outcomes])),
    used,
  };
}

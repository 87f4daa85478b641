import { lastOf } from "@headwater/workflow";
import type { Evaluator, GivenOutcome, Json, WorkflowDefinition } from "@headwater/workflow";
import type { Effect } from "../effect.js";
import { createLazyEvaluator } from "../lazy-evaluator.js";
import type { RunFacts, RunInput } from "../run-input.js";
import { isRunEnded } from "../run-status.js";
import type { RunStatus } from "../run-status.js";
import type { StepChange } from "../step-change.js";
import { isStepEnded } from "../step-status.js";
import { AttemptNumbers } from "./attempt-numbers.js";
import { Recording } from "./recording.js";
import { HeldConditions, type AskedConditions } from "./held-conditions.js";
import type { TimelineEntry, WorkflowCoverage } from "./recording.js";
import { SimulatedRun } from "./simulated-run.js";
import type { SimulatedWorld } from "./simulated-run.js";
import { SimulatedPlaces } from "./simulated-places.js";
import { TimerQueue } from "./timer-queue.js";

export interface SimulationOptions {
  readonly definition: WorkflowDefinition;
  /** Complete and checked; see `resolveParams`. */
  readonly params: Readonly<Record<string, Json>>;
  /**
   * Step id, dotted for nested steps and for those of workflows that a step runs (`load.copy`, `report.extract`) →
   * outcomes of its attempts, in order; the last one repeats.
   */
  readonly given: Readonly<Record<string, readonly GivenOutcome[]>>;
  /** When the run is created and begins, epoch milliseconds. */
  readonly startAt: number;
  /** By when it should have ended, epoch milliseconds; null, as by default, for any time. */
  readonly dueAt?: number | null;
  /** Conditions for which the result is to say in which iterations they hold. */
  readonly conditions?: AskedConditions;
  /** The workflows that steps may run; one that it does not know succeeds at once, as a script does. */
  readonly workflows?: WorkflowLookup;
  readonly run?: Partial<RunFacts>;
  /** 1 by default; more for a run that was restarted, with all its steps. */
  readonly attempt?: number;
  /** What the signal carried, or the joined ones by name, that started the run. */
  readonly signal?: RunInput["signal"];
  readonly signals?: NonNullable<RunInput["signals"]>;
  /** One for this simulation alone by default, which is dear to make. */
  readonly evaluator?: Evaluator;
  /** Events allowed before the simulation gives up; 5,000,000 by default. */
  readonly eventsMax?: number;
}

/** The definition of a workflow of the project, by its id. */
export type WorkflowLookup = (id: string) => WorkflowDefinition | null;

export interface SimulationResult {
  /** Still `running` when the simulation gave up, or waits for what never comes. */
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly tookMs: number;
  /** When it turned out to be late, epoch milliseconds; null where it did not. */
  readonly lateAt: number | null;
  /**
   * The last change of step instances, by path: of the first 100,000, and of those after what is new in them. The steps
   * of a workflow that a step runs follow a slash: `report/extract`.
   */
  readonly steps: ReadonlyMap<string, StepChange>;
  /** By path of step instances: those of the conditions asked for that hold there. */
  readonly holding: ReadonlyMap<string, ReadonlySet<string>>;
  readonly signals: readonly (Effect & { readonly kind: "emit" })[];
  /** Every status that a step instance took besides `waiting`, in order; see `TIMELINE_MAX`. */
  readonly timeline: readonly TimelineEntry[];
  /** How the instances of each step ended: of the workflow itself, then of those that its steps ran. */
  readonly coverage: readonly WorkflowCoverage[];
  /** How many events the run took. */
  readonly events: number;
  /** It was to take more events than are allowed: what is told is of its beginning. */
  readonly isCutOff: boolean;
  /** Of the outcomes that were given, those that something asked for. */
  readonly used: ReadonlySet<GivenOutcome>;
}

/** Two for each job of the largest run that goes well, and as many again for what does not. */
const EVENTS_MAX = 5_000_000;

/** After so many events somebody else may have a turn: nearly all take some microseconds. */
const EVENTS_AT_ONCE = 16;

/**
 * Runs a workflow in virtual time: the engine itself, with outcomes that are given instead of workers, signals and people.
 * A step without an outcome succeeds at once, with outputs of its declared types. Its expressions are evaluated as they
 * will be.
 */
export function simulate(options: SimulationOptions): SimulationResult {
  return lastOf(simulateInSteps(options));
}

/**
 * The same, for whoever has other things to do meanwhile.
 * @yields nothing, after some events; one that begins a large loop is long all the same
 */
export function* simulateInSteps(options: SimulationOptions): Generator<undefined, SimulationResult> {
  const { definition, params, given, startAt, eventsMax = EVENTS_MAX } = options;
  const world = createWorld(options);
  const { recording } = world;
  const used = new Set<GivenOutcome>();
  const run = new SimulatedRun(world, {
    definition,
    params,
    given: { bySteps: given, used },
    facts: options.run ?? {},
    attempt: options.attempt ?? 1,
    dueAt: options.dueAt ?? null,
    signal: options.signal ?? null,
    signals: options.signals ?? {},
    parent: null,
  });
  const events = yield* playToEnd(run, world, eventsMax);
  return {
    status: run.status,
    reason: reasonOf(run, recording),
    outputs: run.outputs,
    tookMs: world.now - startAt,
    lateAt: run.lateAt,
    steps: recording.steps,
    holding: world.held.byInstance,
    signals: world.signals,
    timeline: recording.timeline,
    coverage: recording.coverage(),
    events,
    isCutOff: !isRunEnded(run.status) && world.due.size > 0,
    used,
  };
}

function createWorld({ startAt, evaluator, conditions, workflows }: SimulationOptions): SimulatedWorld {
  return {
    now: startAt,
    startAt,
    evaluator: evaluator ?? createLazyEvaluator(),
    due: new TimerQueue(),
    recording: new Recording(),
    held: new HeldConditions(conditions ?? new Map()),
    places: new SimulatedPlaces(),
    attempts: new AttemptNumbers(),
    workflows: workflows ?? (() => null),
    signals: [],
  };
}

/** How many events it took; the run may go on beyond them. */
function* playToEnd(
  run: SimulatedRun,
  world: SimulatedWorld,
  eventsMax: number,
): Generator<undefined, number> {
  let events = 0;
  while (!isRunEnded(run.status) && events < eventsMax) {
    const next = world.due.take();
    if (next === null) break;
    world.now = next.at;
    next.item.run.apply(next.item.event);
    events += 1;
    if (events % EVENTS_AT_ONCE === 0) yield;
  }
  return events;
}

/** Of a run that does not end, what it waits for. */
function reasonOf(run: SimulatedRun, { steps }: Recording): string | null {
  if (isRunEnded(run.status)) return run.reason;
  const waiting = [...steps.values()].find(({ status, reason }) => !isStepEnded(status) && reason !== null);
  return waiting === undefined ? null : `${waiting.path} ${waiting.reason ?? ""}`;
}

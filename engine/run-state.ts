import type { CelValue, Evaluator, Json, Scope, SignalMatch, WorkflowDefinition } from "@headwater/workflow";
import type { Level, PlannedStep } from "./plan.js";
import type { RunInput } from "./run-input.js";
import type { RunStatus } from "./run-status.js";
import type { Actor } from "./operations/action.js";
import type { StepChange } from "./step-change.js";
import { STEP_STATUSES } from "./step-status.js";
import type { StepStatus } from "./step-status.js";
import { unreachable } from "./unreachable.js";

/**
 * A run as the engine knows it. Only `status` is for others; the rest is read through the functions of this package,
 * so that its layout can change. `decide` advances it in place: it has one owner.
 *
 * The steps of one level, times the iterations of its foreach, are a `Block` of columns: a step that waits or has
 * ended costs some 15 bytes. What only a step under way needs is its `Detail`, dropped when its iteration ends.
 */
export interface RunState {
  /** What it runs; a restart may bind it to another version, and to other params. */
  definition: WorkflowDefinition;
  input: Omit<RunInput, "evaluator">;
  readonly evaluator: Evaluator;
  status: RunStatus;
  /** 1, and one more with each restart. */
  attempt: number;
  startedAt: number | null;
  /** When it turned out that the run has not ended by when it should have; null while it is not late. */
  lateAt: number | null;
  /** The steps of the workflow: one iteration. */
  root: Block;
  /** The highest number that any attempt has had. */
  attemptMax: number;
  /** Loops within loops that are kept though they have ended; see `ended-loops.ts`. */
  endedLoops: number;
  /** Steps that the version before had and this one has not: the number of their last attempt, by id. */
  readonly retired: Map<string, number>;
  /** What every expression sees, the same for the whole run: `run`, `workflow`, `params`, `signal`. */
  base: Scope;
  /** Instances of leaf steps that the run has been asked for, begun or not; see `JOBS_MAX`. */
  jobs: number;
  /** Iterations of all its loops that have begun and not ended. */
  openIterations: number;
  /** Leaf attempts that are queued or running, against `maxParallelSteps`. */
  active: number;
  /** Leaf steps that may be queued as soon as `maxParallelSteps` allows, oldest first; some may have ended since. */
  readonly ready: Cell[];
  /** Entries of `ready` before this one are spent. */
  readyFrom: number;
  /** Set once the run is being stopped: how it will end, whatever its steps say. */
  stopping: { readonly status: RunStatus; readonly reason: string } | null;
  /** Set once a step failed in a run that fails immediately. */
  hasFailedImmediately: boolean;
  /** Who has paused the run; null while it goes on. */
  paused: Pause | null;
  /** How often it was paused. */
  pauses: number;
  /** The last pause of the run that waits for this one that it has heard of; 0 for none. */
  parentPause: number;
  /** Where steps pause when they are reached: of every instance (`load.copy`), or of one (`load[3].copy`). */
  readonly breakpoints: Map<string, Breakpoint>;
  /** Those of the workflow, for all its runs: by step, of every instance. */
  workflowBreakpoints: ReadonlyMap<string, Actor>;
}

/** Who has paused a run. */
export interface Pause extends Actor {
  /** It came with the pause of the run that waits for this one, and goes with it. */
  readonly isInherited: boolean;
  /** Since when, epoch milliseconds. */
  readonly at: number;
}

/** Who has set it. One that is for once is gone when its step is resumed. */
export interface Breakpoint extends Actor {
  readonly isOnce: boolean;
}

/** Where a paused step goes on: at the signals that it waits for, at its beginning, or with its next attempt. */
export type Hold = "gates" | "begin" | "attempt";

/** One step instance: `index` is its iteration times the width of the level, plus its position. */
export interface Cell {
  readonly block: Block;
  readonly index: number;
}

/** The instances of the steps of one level: of the whole run, or of one foreach. */
export interface Block {
  level: Level;
  /** The path of the foreach; empty for the run. */
  readonly path: string;
  /** Another one once the run is bound to another version. */
  parent: Cell | null;
  /** Iterations; those of a while grow by one as each begins. */
  count: number;
  /** The items of each loop variable; the last varies fastest. */
  readonly items: readonly (readonly CelValue[])[];
  /** The variables of a while, as its iteration under way sees them; null for other blocks. */
  variables: Readonly<Record<string, CelValue>> | null;
  /** How many iterations may be open at once. */
  window: number;
  /** Per cell, indices of `STEP_STATUSES`. */
  statuses: Uint8Array;
  attempts: Uint32Array;
  /** Per cell three counts of its needs: ended, failed, succeeded. */
  tallies: Uint16Array;
  /** Per iteration: steps that have not ended. */
  unended: Uint16Array;
  /** Per iteration, bits of `OUTCOME`. */
  outcomes: Uint8Array;
  /** Iterations that have begun and not ended. */
  readonly open: Set<number>;
  /** The first iteration that has not begun. */
  next: number;
  /** Iterations that are to be done again, the next one last; null while there is none. */
  again: number[] | null;
  /** Of a loop that has ended: it will go on where it was. */
  isToResume: boolean;
  /** Of a loop that has ended: it will begin anew, so that only the numbers of its attempts count. */
  isPast: boolean;
  /** No attempt in a column that is made later has had a number up to this one. */
  readonly floor: number;
  /** Instances of leaf steps within it that the run has been asked for. */
  jobs: number;
  /** How they stand, those of loops within it among them: by index of `STEP_STATUSES`. See `roll-up.ts`. */
  readonly rollUp: Uint32Array;
  /** The roll-ups of the loops within it that have begun, also of those that have ended. By cell. */
  readonly rollUps: Map<number, Uint32Array>;
  /** The runs of other workflows that stand for a step, by cell. */
  readonly runs: Map<number, string>;
  readonly tally: { succeeded: number; failed: number; skipped: number };
  /** The cell that failed first, and why; it may not count as failed any more: `firstFailureOf` tells. */
  firstFailure: { readonly index: number; readonly reason: string | null } | null;
  /** False once no more iterations may begin, though those that are open go on. */
  mayOpen: boolean;
  /** Set once nothing more may begin: how the foreach ends, or null when its iterations decide. */
  stop: { readonly status: StepStatus | null; readonly reason: string } | null;
  readonly details: Map<number, Detail>;
  /** Outputs of steps that succeeded, by cell. */
  readonly outputs: Map<number, Readonly<Record<string, Json>>>;
  /** What a foreach that ended left: per nested step and output, the list over its iterations. By cell. */
  readonly lifted: Map<number, LiftedOutputs>;
  /** Cells that somebody has skipped, which counts as done; null while there is none. */
  skipped: Set<number> | null;
  /** The blocks of nested foreach steps that are running. */
  readonly children: Map<number, Block>;
  /** Loops that have ended, as far as they are kept for a restart; null while there is none. */
  ended: Map<number, Block> | null;
  /** Those of them that may be able to open an iteration, or have such a block within; the next to be asked first. */
  readonly openable: Set<Block>;
}

/** What a step under way needs beside its columns. Times are epoch milliseconds. */
export interface Detail {
  queuedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** Since when it has its status; null while it has had none but the first. */
  statusAt: number | null;
  reason: string | null;
  /** Why the last attempt that is tried again failed, in words; null while there is none. */
  lastFailure: string | null;
  /** Retries used, by class. */
  readonly used: { error: number; platform: number; timeout: number };
  /** It waits for one of the places that `max_parallel_steps` leaves the run. */
  isReady: boolean;
  /** When its timer is due; null when none is set. */
  timerAt: number | null;
  /** True from its `cancel` effect on. */
  isCanceling: boolean;
  /** Where it goes on when it is resumed; null when nothing holds it. */
  hold: Hold | null;
  /** True once the run of another workflow was told to stop because the step's timeout is over. */
  isOverdue: boolean;
  /** What it waits for before it begins; null when it has no gates, or has not come to them. */
  gates: readonly Gate[] | null;
  /** The key of its `cache`, evaluated when it began. */
  cacheKey: string | null;
  /** What the step left, as expressions see it; null until one asks. */
  outputs: CelValue | null;
  /** The iterations of a foreach that has ended. */
  iterations: StepChange["iterations"];
}

/** A signal that a step waits for, its expressions evaluated. Times are epoch milliseconds. */
export interface Gate {
  readonly signal: string;
  readonly match: readonly SignalMatch[];
  /** The earliest signal that counts. */
  readonly since: number;
  readonly timeoutAt: number | null;
  isOpen: boolean;
}

/** `outputs.copy.rows`: lists in the order of the iterations, null where a step did not succeed; of a while, what its last iteration left. */
export interface LiftedOutputs {
  readonly [name: string]: CelValue;
}

/** What has happened within an iteration. */
export const OUTCOME = { ran: 1, failed: 2, canceled: 4 } as const;

/** What a loop takes over from its last life in this run. */
export interface Lineage {
  /** By cell: the number of its last attempt. There may be more of them than the loop has now. */
  readonly attempts: Uint32Array | null;
  readonly floor: number;
  readonly ended: Map<number, Block> | null;
}

const FIRST_LIFE: Lineage = { attempts: null, floor: 0, ended: null };

/** Columns for so many iterations of a level; nothing has begun. */
export function createBlock(
  shape: Pick<Block, "level" | "path" | "parent" | "count" | "items" | "window">,
  { attempts, floor, ended }: Lineage = FIRST_LIFE,
): Block {
  const cells = shape.count * shape.level.steps.length;
  return {
    floor,
    jobs: 0,
    rollUp: newRollUp(shape),
    rollUps: new Map(),
    runs: new Map(),
    again: null,
    isToResume: false,
    isPast: false,
    ended,
    variables: null,
    statuses: new Uint8Array(cells),
    attempts: attemptsColumn(cells, floor, attempts),
    tallies: new Uint16Array(cells * 3),
    unended: new Uint16Array(shape.count),
    outcomes: new Uint8Array(shape.count),
    open: new Set(),
    next: 0,
    tally: { succeeded: 0, failed: 0, skipped: 0 },
    firstFailure: null,
    mayOpen: true,
    stop: null,
    details: new Map(),
    outputs: new Map(),
    lifted: new Map(),
    skipped: null,
    children: new Map(),
    openable: new Set(),
    ...shape,
  };
}

/** Makes room for one more iteration. Columns grow by doubling, so that a long loop copies each of its cells a few times. */
export function addIteration(block: Block): void {
  block.count += 1;
  if (block.count <= block.unended.length) return;
  const capacity = Math.max(4, block.count * 2);
  const cells = capacity * block.level.steps.length;
  block.statuses = grown(block.statuses, new Uint8Array(cells));
  block.attempts = attemptsColumn(cells, block.floor, block.attempts);
  block.tallies = grown(block.tallies, new Uint16Array(cells * 3));
  block.unended = grown(block.unended, new Uint16Array(capacity));
  block.outcomes = grown(block.outcomes, new Uint8Array(capacity));
}

/** The step of which this is an instance. */
export function stepOf({ block, index }: Cell): PlannedStep {
  const step = block.level.steps[positionOf(block, index)];
  if (step === undefined) return unreachable(`no step at cell ${index} of "${block.path}"`);
  return step;
}

/** Where the instance's step stands within its level. */
export function positionOf(block: Block, index: number): number {
  return index % block.level.steps.length;
}

/** The iteration to which the instance belongs. */
export function iterationOf(block: Block, index: number): number {
  return Math.floor(index / block.level.steps.length);
}

/** Where the instance of another step of the same iteration stands. */
export function siblingOf({ block, index }: Cell, position: number): Cell {
  return { block, index: index - positionOf(block, index) + position };
}

/** Where the instance stands. */
export function statusOf({ block, index }: Cell): StepStatus {
  return STEP_STATUSES[block.statuses[index] ?? 0] ?? "waiting";
}

/** The detail of an instance, made when there is none yet. */
export function detailOf({ block, index }: Cell): Detail {
  const known = block.details.get(index);
  if (known !== undefined) return known;
  const detail: Detail = {
    queuedAt: null,
    startedAt: null,
    endedAt: null,
    statusAt: null,
    reason: null,
    lastFailure: null,
    used: { error: 0, platform: 0, timeout: 0 },
    isReady: false,
    timerAt: null,
    isCanceling: false,
    hold: null,
    isOverdue: false,
    gates: null,
    cacheKey: null,
    outputs: null,
    iterations: null,
  };
  block.details.set(index, detail);
  return detail;
}

/** Nothing has begun: all of its jobs wait. */
function newRollUp({ count, level }: Pick<Block, "count" | "level">): Uint32Array {
  const rollUp = new Uint32Array(STEP_STATUSES.length);
  rollUp[STEP_STATUSES.indexOf("waiting")] = count * level.jobs;
  return rollUp;
}

function attemptsColumn(cells: number, floor: number, before: Uint32Array | null): Uint32Array {
  const attempts = new Uint32Array(Math.max(cells, before?.length ?? 0)).fill(floor);
  if (before !== null) attempts.set(before);
  return attempts;
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array>(from: Column, into: Column): Column {
  into.set(from);
  return into;
}

import { openCells } from "./changes.js";
import type { StepPath } from "./event.js";
import { holderOf } from "./holder.js";
import type { Holder } from "./holder.js";
import { waitsFor } from "./join.js";
import { actorText } from "./operations/action.js";
import { hasMore } from "./openings.js";
import { runInPlaceOf } from "./roll-up.js";
import { iterationOf, statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import { formatPath } from "./step-path.js";
import { isStepEnded } from "./step-status.js";
import type { StepStatus } from "./step-status.js";

/** What keeps a step from ending, as far as the run knows. */
export type WaitKind =
  /** Steps before it. */
  | "needs"
  /** One of the places of the run; see `max_parallel_steps`. */
  | "place"
  | "signal"
  | "approval"
  /** Somebody has paused it. */
  | "pause"
  /** Capacity, or an answer of the store: the shell knows. */
  | "worker"
  | "retry"
  | "sleep"
  /** A run of another workflow. */
  | "run"
  /** Iterations that have not begun, because others go first. */
  | "iterations"
  /** Nothing: it executes. */
  | "nothing";

/** One instance of a step that has begun or may begin, and what it waits for. */
export interface StepWait {
  readonly path: StepPath;
  readonly status: StepStatus;
  readonly kind: WaitKind;
  /** In words; null where the shell knows better, and for what executes. */
  readonly reason: string | null;
  /** Since when, epoch milliseconds, as far as it is known. */
  readonly since: number | null;
  /** When its timer ends the wait, with or without what it waits for, epoch milliseconds; null where none does. */
  readonly endsAt: number | null;
  /** Of a pause, and of iterations that wait for its end: what holds it; null for everything else. */
  readonly holder: Holder | null;
  /** The run of another workflow that it waits for, once that is there. */
  readonly runId: string | null;
  /** How many: 1, but for iterations that have not begun. */
  readonly count: number;
}

/** What every step waits for that has not ended, in iterations that are open; loops tell how many are not. */
export function describeWaits(state: RunState): readonly StepWait[] {
  if (state.status !== "running") return [];
  return openCells(state)
    .filter((cell) => !isStepEnded(statusOf(cell)))
    .flatMap((cell) => waitsOf(state, cell));
}

/** What the step waits for; of a loop that has begun, why iterations have not. */
export function waitsOf(state: RunState, cell: Cell): readonly StepWait[] {
  const inner = cell.block.children.get(cell.index);
  if (inner !== undefined) return unopened(state, cell, inner);
  const [kind, reason] = explain(state, cell);
  return [
    {
      path: formatPath(cell),
      status: statusOf(cell),
      kind,
      reason,
      since: sinceWhen(state, cell, kind),
      endsAt: endsAt(cell, kind),
      holder: kind === "pause" ? holderOf(state, cell) : null,
      runId: kind === "run" ? runInPlaceOf(cell) : null,
      count: 1,
    },
  ];
}

/** The timer of what executes is that of its timeout. */
function endsAt({ block, index }: Cell, kind: WaitKind): number | null {
  return kind === "nothing" ? null : (block.details.get(index)?.timerAt ?? null);
}

/** What keeps the step of a run that goes on from ending. */
export function waitKindOf(state: RunState, cell: Cell): WaitKind {
  return explain(state, cell)[0];
}

function explain({ paused }: RunState, cell: Cell): readonly [WaitKind, string | null] {
  const detail = cell.block.details.get(cell.index);
  if (detail?.isReady === true && paused !== null) return ["pause", `the run is paused ${actorText(paused)}`];
  if (detail?.isReady === true) return ["place", detail.reason];
  const kind = KIND_OF_STATUS[statusOf(cell)] ?? kindOf(cell);
  return [kind, kind === "needs" ? waitsFor(cell) : (detail?.reason ?? null)];
}

function sinceWhen(state: RunState, cell: Cell, kind: WaitKind): number | null {
  const detail = cell.block.details.get(cell.index);
  if (kind === "needs") return sinceBegun(state, cell);
  if (detail === undefined) return null;
  switch (kind) {
    case "nothing":
      return detail.startedAt;
    case "pause":
      return detail.isReady ? (state.paused?.at ?? null) : detail.statusAt;
    case "place":
    case "worker":
      return detail.queuedAt;
    default:
      return detail.statusAt;
  }
}

/** A step waits for others from when its run began; within a loop from when the first step of its iteration came to what it is at. */
function sinceBegun({ root, startedAt }: RunState, { block, index }: Cell): number | null {
  if (block === root) return startedAt;
  const width = block.level.steps.length;
  const first = iterationOf(block, index) * width;
  const times = block.level.steps.flatMap(
    (_, position) => block.details.get(first + position)?.queuedAt ?? [],
  );
  return times.length === 0 ? null : Math.min(...times);
}

/** For those that mean the same whatever the step does. */
const KIND_OF_STATUS: Partial<Readonly<Record<StepStatus, WaitKind>>> = {
  waiting: "needs",
  waiting_for_signal: "signal",
  retrying: "retry",
};

function kindOf(cell: Cell): WaitKind {
  const { definition } = stepOf(cell);
  const isPaused = statusOf(cell) === "paused";
  switch (definition.kind) {
    case "workflow":
      return isPaused ? "pause" : "run";
    case "sleep":
      return isPaused ? "pause" : "sleep";
    case "approval":
      return isPaused && isHeld(cell) ? "pause" : "approval";
    default:
      if (isPaused) return "pause";
      return statusOf(cell) === "queued" ? "worker" : "nothing";
  }
}

/** Somebody holds it before it begins; an approval that asks is paused without. */
function isHeld({ block, index }: Cell): boolean {
  return (block.details.get(index)?.hold ?? null) !== null;
}

/** A loop itself waits for its iterations, which tell for themselves once they are open. */
function unopened(state: RunState, cell: Cell, block: Block): readonly StepWait[] {
  if (!hasMore(block)) return [];
  const count = block.count - block.next;
  const reason = `${count} of ${block.count} iterations have not begun: ${whyUnopened(state, block)}`;
  const detail = cell.block.details.get(cell.index);
  return [
    {
      path: formatPath(cell),
      status: statusOf(cell),
      kind: "iterations",
      reason,
      since: detail?.startedAt ?? null,
      endsAt: null,
      holder: state.paused === null ? null : holderOf(state, cell),
      runId: null,
      count,
    },
  ];
}

function whyUnopened({ paused, definition: { maxParallelSteps } }: RunState, block: Block): string {
  if (paused !== null) return `the run is paused ${actorText(paused)}`;
  if (block.open.size >= block.window) return `max_parallel lets ${block.window} go on at once`;
  if (maxParallelSteps === null) return "enough of the run is queued or under way";
  return `the ${maxParallelSteps} places of the run (max_parallel_steps) are taken`;
}

import { openCells } from "./changes.js";
import type { StepPath } from "./event.js";
import { waitsFor } from "./join.js";
import { actorText } from "./operations/action.js";
import { hasMore } from "./openings.js";
import { statusOf, stepOf } from "./run-state.js";
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

function waitsOf(state: RunState, cell: Cell): readonly StepWait[] {
  const inner = cell.block.children.get(cell.index);
  if (inner !== undefined) return unopened(state, cell, inner);
  const detail = cell.block.details.get(cell.index);
  const [kind, reason] = explain(state, cell);
  const since = kind === "nothing" ? (detail?.startedAt ?? null) : (detail?.queuedAt ?? null);
  return [{ path: formatPath(cell), status: statusOf(cell), kind, reason, since, count: 1 }];
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
      return "approval";
    default:
      if (isPaused) return "pause";
      return statusOf(cell) === "queued" ? "worker" : "nothing";
  }
}

/** A loop itself waits for its iterations, which tell for themselves once they are open. */
function unopened(state: RunState, cell: Cell, block: Block): readonly StepWait[] {
  if (!hasMore(block)) return [];
  const count = block.count - block.next;
  const reason = `${count} of ${block.count} iterations have not begun: ${whyUnopened(state, block)}`;
  return [{ path: formatPath(cell), status: statusOf(cell), kind: "iterations", reason, since: null, count }];
}

function whyUnopened({ paused, definition: { maxParallelSteps } }: RunState, block: Block): string {
  if (paused !== null) return `the run is paused ${actorText(paused)}`;
  if (block.open.size >= block.window) return `max_parallel lets ${block.window} go on at once`;
  if (maxParallelSteps === null) return "enough of the run is queued or under way";
  return `the ${maxParallelSteps} places of the run (max_parallel_steps) are taken`;
}

import { collectOpen } from "./changes.js";
import type { Effect } from "./effect.js";
import { RUN_TIMER } from "./event.js";
import type { StepPath } from "./event.js";
import { statusOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { formatPath, plannedStep } from "./step-path.js";
import { isOnWorker } from "./stop.js";

/** An attempt that a worker had begun. */
export interface ActiveAttempt {
  readonly path: StepPath;
  readonly attempt: number;
}

/**
 * What must be performed again by a shell that has just replayed the journal: attempts that were on their way to
 * workers, cancellations that were not answered, timers that are set. Signals need none: they became durable with the
 * decision that emitted them.
 */
export function pendingEffects(state: RunState): readonly Effect[] {
  const effects: Effect[] = [];
  const { timeoutMs } = state.definition;
  if (state.status !== "running") return effects;
  if (timeoutMs !== null && state.startedAt !== null) {
    effects.push({ kind: "set_timer", timer: RUN_TIMER, at: state.startedAt + timeoutMs });
  }
  for (const cell of openCells(state)) effects.push(...pendingOf(cell));
  return effects;
}

/** Attempts that had begun, in order: what became of them only their workers know. */
export function activeAttempts(state: RunState): readonly ActiveAttempt[] {
  return openCells(state).filter(hasBegun).map(attemptOf);
}

/** The kind of the step that a path names; `unknown` where the workflow has none of that name. */
export function stepKind(state: RunState, path: StepPath): string {
  return plannedStep(state, path)?.definition.kind ?? "unknown";
}

function openCells(state: RunState): readonly Cell[] {
  const cells: Cell[] = [];
  collectOpen(state.root, cells);
  return cells;
}

function pendingOf(cell: Cell): readonly Effect[] {
  const detail = cell.block.details.get(cell.index);
  const effects: Effect[] = [];
  if (detail === undefined) return effects;
  if (statusOf(cell) === "queued") effects.push({ kind: "enqueue", ...attemptOf(cell) });
  if (isOnWorker(cell) && detail.isCanceling) effects.push({ kind: "cancel", ...attemptOf(cell) });
  if (detail.timerAt !== null)
    effects.push({ kind: "set_timer", timer: formatPath(cell), at: detail.timerAt });
  return effects;
}

function hasBegun(cell: Cell): boolean {
  return isOnWorker(cell) && statusOf(cell) !== "queued";
}

function attemptOf(cell: Cell): ActiveAttempt {
  return { path: formatPath(cell), attempt: cell.block.attempts[cell.index] ?? 0 };
}

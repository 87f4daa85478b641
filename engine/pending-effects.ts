import { openCells } from "./changes.js";
import type { Effect } from "./effect.js";
import { RUN_TIMER } from "./event.js";
import type { AttemptName, StepPath } from "./event.js";
import { nameOf } from "./recover.js";
import type { Cell, RunState } from "./run-state.js";
import { formatPath, plannedStep } from "./step-path.js";
import { isOnWorker } from "./stop.js";

/**
 * What must be performed again by a shell that has just replayed the journal: the timers that are set. Attempts need the
 * event `recovered`, when `attemptsOut` names any. Signals need nothing: they became durable with the decision that
 * emitted them.
 */
export function pendingEffects(state: RunState): readonly Effect[] {
  const { timeoutMs } = state.definition;
  if (state.status !== "running") return [];
  const effects = openCells(state).flatMap(timerOf);
  if (timeoutMs === null || state.startedAt === null) return effects;
  return [{ kind: "set_timer", timer: RUN_TIMER, at: state.startedAt + timeoutMs }, ...effects];
}

/** Attempts that are with workers, or on their way to one, in order. */
export function attemptsOut(state: RunState): readonly AttemptName[] {
  return openCells(state).filter(isOnWorker).map(nameOf);
}

/** The kind of the step that a path names; `unknown` where the workflow has none of that name. */
export function stepKind(state: RunState, path: StepPath): string {
  return plannedStep(state, path)?.definition.kind ?? "unknown";
}

function timerOf(cell: Cell): readonly Effect[] {
  const timerAt = cell.block.details.get(cell.index)?.timerAt ?? null;
  return timerAt === null ? [] : [{ kind: "set_timer", timer: formatPath(cell), at: timerAt }];
}

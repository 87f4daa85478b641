import { openCells } from "./changes.js";
import { evaluateParams, startRunEffect } from "./child-run.js";
import type { Effect } from "./effect.js";
import { RUN_TIMER } from "./event.js";
import type { AttemptName, StepPath } from "./event.js";
import { dueTimer } from "./late.js";
import { nestedEffect } from "./operations/nested-effects.js";
import { nameOf } from "./recover.js";
import { pendingGates } from "./gates.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { formatPath, plannedStep } from "./step-path.js";
import { awaitsRun, cancelEffect, isOnWorker } from "./stop.js";

/**
 * What must be performed again by a shell that has just replayed the journal: the timers that are set, the runs and
 * signals that steps wait for. Attempts need the event `recovered`, when `attemptsOut` names any. Signals that were
 * emitted and outputs that were remembered need nothing: they became durable with the decision.
 */
export function pendingEffects(state: RunState): readonly Effect[] {
  const { timeoutMs } = state.definition;
  if (state.status !== "running") return dueTimer(state);
  const ofSteps = openCells(state).flatMap((cell) => [
    ...timerOf(cell),
    ...runOf(state, cell),
    ...pendingGatesOf(cell),
  ]);
  const effects = [...dueTimer(state), ...ofSteps];
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

function runOf(state: RunState, cell: Cell): readonly Effect[] {
  const { definition } = stepOf(cell);
  if (definition.kind !== "workflow" || !awaitsRun(cell)) return [];
  // They could be computed when the run was asked for, of the same values.
  const params = evaluateParams(state, cell, definition);
  const start = startRunEffect(cell, definition, params.ok ? params.value : {});
  if (detailOf(cell).isCanceling) return [start, cancelEffect(cell)];
  const told = nestedEffect(state, cell);
  return told === null ? [start] : [start, told];
}

function pendingGatesOf(cell: Cell): readonly Effect[] {
  return statusOf(cell) === "waiting_for_signal" ? pendingGates(cell) : [];
}

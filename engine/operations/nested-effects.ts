import type { Effect } from "../effect.js";
import { detailOf, statusOf, stepOf } from "../run-state.js";
import type { Cell, RunState } from "../run-state.js";
import { childRunKey, formatPath } from "../step-path.js";
import type { Turn } from "../turn.js";
import type { Actor } from "./action.js";

/** Lets the run that a step waits for know that its own was paused, or by whom it was resumed. */
export function tellNested(turn: Turn, cell: Cell, resumedBy: Actor = NOBODY): void {
  const effect = nestedEffect(turn.state, cell, resumedBy);
  if (effect !== null) turn.effects.push(effect);
}

/** What the run that the step waits for should know; null when it waits for none, or for one that is being stopped. */
export function nestedEffect({ paused, pauses }: RunState, cell: Cell, resumedBy = NOBODY): Effect | null {
  const { definition } = stepOf(cell);
  if (definition.kind !== "workflow" || !definition.wait || statusOf(cell) !== "running") return null;
  if (detailOf(cell).isCanceling) return null;
  const path = formatPath(cell);
  const attempt = cell.block.attempts[cell.index] ?? 0;
  const told = { path, attempt, key: childRunKey(path, attempt) };
  if (paused === null) return { kind: "resume_run", ...told, ...resumedBy };
  return { kind: "pause_run", ...told, pause: pauses, by: paused.by, reason: paused.reason };
}

/** Who resumed it is known where it was resumed. */
const NOBODY: Actor = { by: "the service", reason: "" };

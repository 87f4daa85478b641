import { startChildRun } from "./child-run.js";
import { pauseIfHeld, pausesWithdrawn } from "./operations/pause.js";
import { freePlace, queueLeaf, requeueLeaf } from "./places.js";
import { stepOf } from "./run-state.js";
import type { Cell } from "./run-state.js";
import type { Turn } from "./turn.js";

/** Begins the next attempt of a step: for a worker, or as a run of another workflow. */
export function queueAttempt(turn: Turn, cell: Cell): void {
  if (pauseIfHeld(turn, cell, "attempt")) return;
  const { definition } = stepOf(cell);
  if (definition.kind === "workflow") return startChildRun(turn, cell, definition);
  queueLeaf(turn, cell);
}

/** An attempt never began, because it was taken back or lost: it is queued anew and keeps its place, unless its step pauses. */
export function requeueAttempt(turn: Turn, cell: Cell): void {
  if (pausesWithdrawn(turn, cell)) return freePlace(turn.state);
  requeueLeaf(turn, cell);
}

import { startChildRun } from "./child-run.js";
import { queueLeaf } from "./places.js";
import { stepOf } from "./run-state.js";
import type { Cell } from "./run-state.js";
import type { Turn } from "./turn.js";

/** Begins the next attempt of a step: for a worker, or as a run of another workflow. */
export function queueAttempt(turn: Turn, cell: Cell): void {
  const { definition } = stepOf(cell);
  if (definition.kind === "workflow") return startChildRun(turn, cell, definition);
  queueLeaf(turn, cell);
}

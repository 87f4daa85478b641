import { endAttempt } from "./attempt.js";
import { openCells } from "./changes.js";
import type { AttemptName } from "./event.js";
import { requeueAttempt } from "./queue-attempt.js";
import { detailOf, statusOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { formatPath } from "./step-path.js";
import { isOnWorker } from "./stop.js";
import type { Turn } from "./turn.js";

const LOST = {
  status: "failed",
  class: "platform",
  message: "the service restarted while this attempt was running",
  retryable: true,
  immediate: true,
} as const;

/**
 * Gives up all attempts that were out. One that had begun is a platform failure, and its step is tried again at once; one
 * that was still waiting for a worker is queued anew and uses no retry. Either way with a number that none had before.
 */
export function recover(turn: Turn, begun: readonly AttemptName[]): void {
  const known = new Set(begun.map(nameText));
  for (const cell of openCells(turn.state)) {
    // What became of the others may have ended this one.
    if (isOnWorker(cell)) recoverStep(turn, cell, known);
  }
}

/** How many attempts `recover` takes for lost, those that were to stop anyway apart. */
export function countLost(state: RunState, begun: readonly AttemptName[]): number {
  const known = new Set(begun.map(nameText));
  return openCells(state).filter(
    (cell) => isOnWorker(cell) && !detailOf(cell).isCanceling && hasBegun(cell, known),
  ).length;
}

function recoverStep(turn: Turn, cell: Cell, begun: ReadonlySet<string>): void {
  if (detailOf(cell).isCanceling) return endAttempt(turn, cell, { status: "canceled" });
  if (hasBegun(cell, begun)) return endAttempt(turn, cell, LOST);
  requeueAttempt(turn, cell);
}

function hasBegun(cell: Cell, begun: ReadonlySet<string>): boolean {
  return statusOf(cell) !== "queued" || begun.has(nameText(nameOf(cell)));
}

/** The attempt that the step is at. */
export function nameOf(cell: Cell): AttemptName {
  return { path: formatPath(cell), attempt: cell.block.attempts[cell.index] ?? 0 };
}

function nameText({ path, attempt }: AttemptName): string {
  return `${path} ${attempt}`;
}

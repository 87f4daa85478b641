import { outcomeOf } from "./iteration-outcome.js";
import { OUTCOME, statusOf } from "./run-state.js";
import type { Block, Cell } from "./run-state.js";
import { skipUnbegun } from "./roll-up.js";
import { isStepEnded } from "./step-status.js";
import { setStatus } from "./turn.js";
import type { Turn } from "./turn.js";

/** What was to be done again in a loop and has not begun never will be: it counts as canceled. */
export function cancelAgain(turn: Turn, block: Block): void {
  const width = block.level.steps.length;
  for (const iteration of block.again ?? []) {
    for (let index = iteration * width; index < (iteration + 1) * width; index += 1) {
      const cell = { block, index };
      if (isStepEnded(statusOf(cell))) continue;
      setStatus(turn, cell, "canceled");
      abandonLoop(turn, cell);
    }
    block.unended[iteration] = 0;
    block.outcomes[iteration] = (block.outcomes[iteration] ?? 0) | OUTCOME.canceled;
    block.tally[outcomeOf(block, iteration)] += 1;
  }
  block.again = null;
}

/** A loop that was to go on where it was has ended before it did. */
export function abandonLoop(turn: Turn, { block, index }: Cell): void {
  const loop = block.ended?.get(index);
  if (loop?.isToResume !== true) return;
  loop.isToResume = false;
  loop.stop = { status: "canceled", reason: "it did not go on" };
  cancelAgain(turn, loop);
  skipUnbegun(loop);
}

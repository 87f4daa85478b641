import { stopAwaiting } from "../gates.js";
import { statusOf } from "../run-state.js";
import type { Cell } from "../run-state.js";
import { awaitsRun, askToStop, isOnWorker, stopBlock } from "../stop.js";
import { clearStepTimer, endStep } from "../turn.js";
import type { Turn } from "../turn.js";
import type { Action, Actor } from "./action.js";
import { actorText } from "./action.js";

/**
 * Ends a step without its being done. Those that need it take it for done. What it has running is stopped first, and what
 * that achieves before it hears of it counts.
 */
export function skipStep(
  turn: Turn,
  cell: Cell,
  {
    outputs,
    actor,
  }: { readonly outputs: (Action & { readonly name: "skip" })["outputs"]; readonly actor: Actor },
): void {
  const { block, index } = cell;
  const reason = `skipped ${actorText(actor)}`;
  block.skipped ??= new Set();
  block.skipped.add(index);
  if (outputs !== null) block.outputs.set(index, outputs);
  const loop = block.children.get(index);
  if (loop !== undefined) {
    clearStepTimer(turn, cell);
    return stopBlock(turn, loop, { status: "skipped", reason });
  }
  if (isOnWorker(cell) || awaitsRun(cell)) return askToStop(turn, cell, reason);
  if (statusOf(cell) === "waiting_for_signal") stopAwaiting(turn, cell);
  clearStepTimer(turn, cell);
  endStep(turn, cell, { status: "skipped", reason });
}

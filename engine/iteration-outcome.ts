import { OUTCOME } from "./run-state.js";
import type { Block } from "./run-state.js";

/** What became of an iteration all of whose steps have ended. One in which nothing ran was skipped. */
export function outcomeOf(block: Block, iteration: number): "succeeded" | "failed" | "skipped" {
  const bits = block.outcomes[iteration] ?? 0;
  if ((bits & OUTCOME.failed) > 0) return "failed";
  if ((bits & OUTCOME.canceled) > 0) return "skipped";
  return (bits & OUTCOME.ran) > 0 || block.level.steps.length === 0 ? "succeeded" : "skipped";
}

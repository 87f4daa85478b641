import type { Cell, RunState } from "./run-state.js";
import { formatPath, nameOfStep } from "./step-path.js";

/** What holds a step that is paused, or may not begin: each is taken away in another way. */
export type Holder = "run" | "parent" | "step" | "breakpoint" | "workflow_breakpoint";

/** What holds a step that somebody has paused. As long as the run is paused that comes first: its end lets go all that it may. */
export function holderOf(state: RunState, cell: Cell): Holder {
  if (state.paused !== null) return state.paused.isInherited ? "parent" : "run";
  // A step passes its breakpoint once, before its first wait.
  return cell.block.details.get(cell.index)?.hold === "gates" ? breakpointOf(state, cell) : "step";
}

function breakpointOf({ breakpoints, workflowBreakpoints }: RunState, cell: Cell): Holder {
  const name = nameOfStep(cell);
  const own = breakpoints.get(formatPath(cell)) ?? breakpoints.get(name);
  if (own !== undefined) return own.isOnce ? "step" : "breakpoint";
  return workflowBreakpoints.has(name) ? "workflow_breakpoint" : "step";
}

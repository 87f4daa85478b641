import { planLevel } from "../plan.js";
import type { WorkflowDefinition } from "@headwater/workflow";
import type { WorkflowBreakpoint } from "../event.js";
import type { RunState } from "../run-state.js";
import { nameOfStep } from "../step-path.js";
import type { Turn } from "../turn.js";
import { passBreakpoint } from "./pause.js";

/** The breakpoints of the workflow are these now; what one held that is gone goes on, unless something else holds it. */
export function setWorkflowBreakpoints(turn: Turn, breakpoints: readonly WorkflowBreakpoint[]): void {
  const { state } = turn;
  const before = state.workflowBreakpoints;
  state.workflowBreakpoints = new Map(breakpoints.map(({ step, by, reason }) => [step, { by, reason }]));
  const gone = new Set([...before.keys()].filter((step) => !state.workflowBreakpoints.has(step)));
  if (gone.size > 0) passBreakpoint(turn, (cell) => gone.has(nameOfStep(cell)));
}

/** Whether a run knows these breakpoints of its workflow, and no others. */
export function knowsBreakpoints(
  { workflowBreakpoints: known }: RunState,
  breakpoints: readonly WorkflowBreakpoint[],
): boolean {
  return (
    known.size === breakpoints.length &&
    breakpoints.every(({ step, by, reason }) => {
      const own = known.get(step);
      return own?.by === by && own.reason === reason;
    })
  );
}

/** Whether a workflow has a step of that name, in all its iterations: `load.copy`. */
export function hasStep({ steps }: WorkflowDefinition, name: string): boolean {
  let level: ReturnType<typeof planLevel> | null = planLevel(steps);
  for (const id of name.split(".")) {
    const position: number | undefined = level?.positions.get(id);
    if (position === undefined) return false;
    level = level?.steps[position]?.inner ?? null;
  }
  return true;
}

import type { RunTrigger } from "../store/store.js";

/** So many runs may start each other through signals; a longer chain is taken for a circle, which would never end. */
export const DEPTH_MAX = 100;

/** Why a run must not begin: its chain is too long, in words; null when it may. */
export function depthProblem(workflow: string, trigger: RunTrigger): string | null {
  if (trigger.kind === "manual" || trigger.kind === "schedule" || trigger.depth <= DEPTH_MAX) return null;
  const cause =
    trigger.kind === "signal"
      ? `the signal "${trigger.signal}"`
      : `the end of run "${trigger.runId}" of "${trigger.workflow}"`;
  return (
    `more than ${DEPTH_MAX} runs have started each other, and now ${cause} starts "${workflow}" again: ` +
    `break the circle, remove the trigger of "${workflow}" or narrow it with "match", "if" or "on"`
  );
}

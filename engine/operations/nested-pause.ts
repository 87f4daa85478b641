import type { RunEvent } from "../event.js";
import type { RunState } from "../run-state.js";
import type { Turn } from "../turn.js";
import { pauseRun, resumeRun } from "./pause.js";

type ParentPaused = RunEvent & { readonly kind: "parent_paused" };
type ParentResumed = RunEvent & { readonly kind: "parent_resumed" };

/**
 * The run that waits for this one was paused, and so is this one. Whoever resumes it lets it go on, though the other is
 * still paused; what somebody has paused here stays paused when the other goes on.
 */
export function pauseWithParent(turn: Turn, { pause, by, reason }: ParentPaused): void {
  const { state } = turn;
  if (pause <= state.parentPause) return;
  state.parentPause = pause;
  if (state.paused === null) pauseRun(turn, { by, reason, isInherited: true });
}

/** The run that waits for this one goes on. */
export function resumeWithParent(turn: Turn, { by, reason }: ParentResumed): void {
  if (turn.state.paused?.isInherited === true) resumeRun(turn, { by, reason });
}

/** Whether a run need not hear how the one stands that waits for it, because it would change nothing. */
export function isDeafTo(state: RunState, event: ParentPaused | ParentResumed): boolean {
  return event.kind === "parent_paused"
    ? event.pause <= state.parentPause
    : state.paused?.isInherited !== true;
}

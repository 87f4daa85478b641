import type { Effect } from "./effect.js";
import { DUE_TIMER } from "./event.js";
import type { RunState } from "./run-state.js";
import { isRunEnded } from "./run-status.js";
import type { Turn } from "./turn.js";

/** The time has come by which the run should have ended, in its queue or under way. It is late once, also when it is restarted. */
export function noteLate(turn: Turn): void {
  const { state, now, effects } = turn;
  const { dueAt = null } = state.input;
  if (dueAt === null || now < dueAt || state.lateAt !== null) return;
  state.lateAt = now;
  effects.push({ kind: "late", dueAt });
}

/** The timer that makes a run late; nothing when it cannot be any more, or has no time by which it should end. */
export function dueTimer(state: RunState): readonly Effect[] {
  const { dueAt = null } = state.input;
  if (dueAt === null || !isDueLater(state) || isRunEnded(state.status)) return [];
  return [{ kind: "set_timer", timer: DUE_TIMER, at: dueAt }];
}

/** Whether the run has a time by which it should end, and is not late. */
export function isDueLater({ input: { dueAt = null }, lateAt }: RunState): boolean {
  return dueAt !== null && lateAt === null;
}

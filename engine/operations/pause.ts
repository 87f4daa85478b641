import { openCells } from "../changes.js";
import { awaitAgain, stopAwaiting } from "../gates.js";
import { detailOf, statusOf } from "../run-state.js";
import type { Cell, Hold, Pause, RunState } from "../run-state.js";
import { formatPath, nameOfStep } from "../step-path.js";
import { isOnWorker } from "../stop.js";
import { clearStepTimer, setStatus, touch } from "../turn.js";
import type { Turn } from "../turn.js";
import { actorText } from "./action.js";
import type { Actor } from "./action.js";
import { tellNested } from "./nested-effects.js";

/**
 * Pauses a step that is about to go on where the run is paused or, before its first wait, it has a breakpoint; true when
 * it did. `hold` is where the step goes on when it is resumed.
 */
export function pauseIfHeld(turn: Turn, cell: Cell, hold: Hold): boolean {
  const reason = holdReason(turn.state, cell, hold);
  if (reason === null) return false;
  pauseCell(turn, cell, { hold, reason });
  return true;
}

/** Nothing more of the run begins, nor of those that its steps wait for: attempts that only wait for a worker are taken back. */
export function pauseRun(turn: Turn, pause: Omit<Pause, "at">): void {
  turn.state.paused = { ...pause, at: turn.now };
  turn.state.pauses += 1;
  for (const cell of openCells(turn.state)) {
    if (statusOf(cell) === "queued" && isOnWorker(cell)) withdraw(turn, cell);
    tellNested(turn, cell);
  }
}

/** What only the pause of the run has held goes on; a breakpoint still holds. */
export function resumeRun(turn: Turn, actor: Actor): void {
  const { state } = turn;
  state.paused = null;
  for (const cell of openCells(state)) {
    tellNested(turn, cell, actor);
    const hold = cell.block.details.get(cell.index)?.hold ?? null;
    if (hold !== null) resumeUnlessHeld(turn, cell, hold);
  }
}

/** Pauses one instance: now where it waits, otherwise when it is reached. */
export function pauseStep(turn: Turn, cell: Cell, actor: Actor): void {
  const reason = `paused ${actorText(actor)}`;
  switch (statusOf(cell)) {
    case "waiting":
      turn.state.breakpoints.set(formatPath(cell), { ...actor, isOnce: true });
      return;
    case "waiting_for_signal":
      stopAwaiting(turn, cell);
      return pauseCell(turn, cell, { hold: "gates", reason });
    case "queued":
      detailOf(cell).hold = "attempt";
      detailOf(cell).reason = `is to pause, unless it begins first: ${reason}`;
      return withdraw(turn, cell);
    default:
      clearStepTimer(turn, cell);
      return pauseCell(turn, cell, { hold: "attempt", reason });
  }
}

/** The step goes on where it was held, past its breakpoint. */
export function resumeStep(turn: Turn, cell: Cell): void {
  const path = formatPath(cell);
  if (turn.state.breakpoints.get(path)?.isOnce === true) turn.state.breakpoints.delete(path);
  const { hold } = detailOf(cell);
  if (hold !== null) goOn(turn, cell, hold);
}

/** The breakpoint holds nobody any more. */
export function clearBreakpoint(turn: Turn, step: string): void {
  turn.state.breakpoints.delete(step);
  passBreakpoint(turn, (cell) => formatPath(cell) === step || nameOfStep(cell) === step);
}

/** A breakpoint was taken away: of the steps that it may have held, those go on that nothing else holds. */
export function passBreakpoint(turn: Turn, isIts: (cell: Cell) => boolean): void {
  for (const cell of openCells(turn.state)) {
    const hold = isIts(cell) ? (cell.block.details.get(cell.index)?.hold ?? null) : null;
    if (hold === "gates") resumeUnlessHeld(turn, cell, hold);
  }
}

/** An attempt was taken back that never began; or it was lost while it waited. True when its step pauses instead of being queued anew. */
export function pausesWithdrawn(turn: Turn, cell: Cell): boolean {
  const { hold, reason } = detailOf(cell);
  if (hold === null) return pauseIfHeld(turn, cell, "attempt");
  pauseCell(turn, cell, {
    hold,
    reason: reason?.replace(/^is to pause, unless it begins first: /, "") ?? null,
  });
  return true;
}

function resumeUnlessHeld(turn: Turn, cell: Cell, hold: Hold): void {
  const reason = holdReason(turn.state, cell, hold);
  if (reason === null) return goOn(turn, cell, hold);
  detailOf(cell).reason = reason;
  touch(turn, cell);
}

/** An attempt that is being taken back is queued anew as soon as it is. */
function goOn(turn: Turn, cell: Cell, hold: Hold): void {
  const detail = detailOf(cell);
  detail.hold = null;
  detail.reason = null;
  touch(turn, cell);
  if (statusOf(cell) !== "paused") return;
  if (hold === "gates" && detail.gates !== null) return awaitAgain(turn, cell);
  setStatus(turn, cell, "waiting");
  turn.tasks.push({ kind: "go_on", cell, hold });
}

function pauseCell(
  turn: Turn,
  cell: Cell,
  { hold, reason }: { readonly hold: Hold; readonly reason: string | null },
): void {
  const detail = detailOf(cell);
  detail.hold = hold;
  detail.reason = reason;
  setStatus(turn, cell, "paused");
}

function withdraw(turn: Turn, cell: Cell): void {
  const attempt = cell.block.attempts[cell.index] ?? 0;
  turn.effects.push({ kind: "withdraw", path: formatPath(cell), attempt });
  touch(turn, cell);
}

function holdReason(state: RunState, cell: Cell, hold: Hold): string | null {
  if (state.paused !== null) return `the run is paused ${actorText(state.paused)}`;
  // A step passes its breakpoint once.
  return hold === "gates" ? breakpointReason(state, cell) : null;
}

function breakpointReason({ breakpoints, workflowBreakpoints }: RunState, cell: Cell): string | null {
  if (breakpoints.size === 0 && workflowBreakpoints.size === 0) return null;
  const own = breakpoints.get(formatPath(cell)) ?? breakpoints.get(nameOfStep(cell));
  if (own !== undefined)
    return `${own.isOnce ? "paused" : "stopped at the breakpoint set"} ${actorText(own)}`;
  const shared = workflowBreakpoints.get(nameOfStep(cell));
  return shared === undefined ? null : `stopped at the breakpoint of the workflow set ${actorText(shared)}`;
}

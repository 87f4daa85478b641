import { answerApproval, timeOutApproval } from "./approval.js";
import { endAttempt, ownsStep, retryStep, reuseOutputs, startAttempt, startRunAttempt } from "./attempt.js";
import { childResult } from "./child-run.js";
import type { Effect } from "./effect.js";
import { DUE_TIMER, RUN_TIMER } from "./event.js";
import type { RunEvent, StepPath, TimerId } from "./event.js";
import { openGate, timeOutGates } from "./gates.js";
import { waitsFor } from "./join.js";
import { openRoot } from "./openings.js";
import { recover } from "./recover.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { noteLate } from "./late.js";
import { isRunEnded } from "./run-status.js";
import type { RunStatus } from "./run-status.js";
import { baseScope } from "./scope.js";
import { settle } from "./settle.js";
import { endSleep } from "./sleep.js";
import { forgetClosed, tellChanges } from "./changes.js";
import type { StepChange } from "./step-change.js";
import { act } from "./operations/act.js";
import { actorText } from "./operations/action.js";
import { setWorkflowBreakpoints } from "./operations/workflow-breakpoints.js";
import { pauseWithParent, resumeWithParent } from "./operations/nested-pause.js";
import { locate } from "./step-path.js";
import { stopBlock, stopOverdueRun, stopRun } from "./stop.js";
import { beginTurn, touch } from "./turn.js";
import { unreachable } from "./unreachable.js";
import type { Turn } from "./turn.js";

/** What one event did. `state` is the state that was passed in, advanced: a state has one owner, who must not keep a copy. */
export interface Decision {
  readonly state: RunState;
  readonly effects: readonly Effect[];
  /** The steps that changed, each once, as they now are: what the shell stores and shows. */
  readonly changes: readonly StepChange[];
  /** What the engine itself knows of the instances that changed, and of iterations that ended: for the simulator. */
  readonly within: Pick<Turn, "touched" | "closed">;
}

/**
 * Advances a run by one event that happened at `now` (epoch milliseconds). Deterministic: the same events at the same
 * times give the same states and effects. An event that is stale or impossible (of an attempt that no longer owns its
 * step, for a step or run that has ended, of a timer that is not set) changes nothing; it is never an error.
 */
export function decide(state: RunState, event: RunEvent, now: number): Decision {
  const turn = beginTurn(state, now);
  // What has ended hears nothing but that it is to be done again.
  if (!isRunEnded(state.status) || event.kind === "action") {
    apply(turn, event);
    settle(turn);
  }
  const changes = tellChanges(turn);
  forgetClosed(turn);
  const { effects, touched, closed } = turn;
  return { state, effects, changes, within: { touched, closed } };
}

function apply(turn: Turn, event: RunEvent): void {
  if ("attempt" in event) return applyToAttempt(turn, event);
  switch (event.kind) {
    case "start":
      return start(turn);
    case "recovered":
      return recover(turn, event.begun);
    case "timer":
      return ring(turn, event.timer);
    case "supersede":
      return stop(turn, "superseded", event.reason);
    case "gate_opened":
      return withStep(turn, event.path, (cell) => openGate(turn, cell, event.gate));
    case "approve":
      return withStep(turn, event.path, (cell) => answerApproval(turn, cell, event));
    default:
      return applyRequest(turn, event);
  }
}

/** What somebody wants of the run, or of the one that waits for it. */
function applyRequest(
  turn: Turn,
  event: RunEvent & {
    readonly kind: "cancel" | "action" | "workflow_breakpoints" | "parent_paused" | "parent_resumed";
  },
): void {
  switch (event.kind) {
    case "cancel":
      return stop(turn, "canceled", `canceled ${actorText(event)}`);
    case "action":
      return act(turn, event);
    case "workflow_breakpoints":
      return setWorkflowBreakpoints(turn, event.breakpoints);
    case "parent_paused":
      return pauseWithParent(turn, event);
    case "parent_resumed":
      return resumeWithParent(turn, event);
    default:
      // Of a journal that another build has written: the run must not go on as if it had not happened.
      return unreachable(`an event that nobody knows: ${JSON.stringify(event)}`);
  }
}

type AttemptEvent = Extract<RunEvent, { readonly attempt: number }>;

function applyToAttempt(turn: Turn, event: AttemptEvent): void {
  const cell = locate(turn.state, event.path);
  if (cell !== null && ownsStep(cell, event.attempt)) applyToStep(turn, cell, event);
}

/** What became of the attempt that the step is at. */
function applyToStep(turn: Turn, cell: Cell, event: AttemptEvent): void {
  switch (event.kind) {
    case "attempt_started":
      return startAttempt(turn, cell, turn.now);
    case "attempt_ended":
      if (event.startedAt !== undefined) startAttempt(turn, cell, event.startedAt);
      return endAttempt(turn, cell, event.result);
    case "run_started":
      return startRunAttempt(turn, cell, event.runId);
    case "run_ended":
      return endAttempt(turn, cell, childResult(cell, event));
    case "cached":
      return reuseOutputs(turn, cell, event);
  }
}

function start(turn: Turn): void {
  const { state, now } = turn;
  if (state.status !== "queued") return;
  state.status = "running";
  state.startedAt = now;
  state.base = baseScope(state, now);
  const { timeoutMs } = state.definition;
  if (timeoutMs !== null) turn.effects.push({ kind: "set_timer", timer: RUN_TIMER, at: now + timeoutMs });
  for (const index of state.root.level.steps.keys()) {
    const cell = { block: state.root, index };
    if (statusOf(cell) !== "waiting") continue;
    detailOf(cell).reason = waitsFor(cell);
    touch(turn, cell);
  }
  openRoot(turn);
}

function withStep(turn: Turn, path: StepPath, apply: (cell: Cell) => void): void {
  const cell = locate(turn.state, path);
  if (cell !== null) apply(cell);
}

function ring(turn: Turn, timer: TimerId): void {
  if (timer === RUN_TIMER) return timeOutRun(turn);
  if (timer === DUE_TIMER) return noteLate(turn);
  const cell = locate(turn.state, timer);
  const detail = cell?.block.details.get(cell.index);
  // Only a timer that is set and due: one that was cleared, or set anew, may still ring.
  if (cell === null || detail === undefined || detail.timerAt === null || detail.timerAt > turn.now) return;
  detail.timerAt = null;
  wake(turn, cell);
}

/** Its timer means what the step waits for: a retry, its signals, or what its kind does. */
function wake(turn: Turn, cell: Cell): void {
  const { definition } = stepOf(cell);
  const status = statusOf(cell);
  if (status === "retrying") return retryStep(turn, cell);
  if (status === "waiting_for_signal") return timeOutGates(turn, cell);
  switch (definition.kind) {
    case "sleep":
      return endSleep(turn, cell, definition);
    case "approval":
      return timeOutApproval(turn, cell, definition);
    case "workflow":
      return stopOverdueRun(turn, cell);
    default:
      return timeOutLoop(turn, cell);
  }
}

function timeOutLoop(turn: Turn, cell: Cell): void {
  const block = cell.block.children.get(cell.index);
  if (block === undefined) return;
  stopBlock(turn, block, { status: "timed_out", reason: "its timeout is over" });
}

function timeOutRun(turn: Turn): void {
  const { startedAt, definition } = turn.state;
  if (startedAt === null || definition.timeoutMs === null) return;
  if (turn.now < startedAt + definition.timeoutMs) return;
  stopRun(turn, "timed_out", "the run's timeout is over");
}

function stop(turn: Turn, status: RunStatus, reason: string): void {
  const { state } = turn;
  if (state.status === "queued") {
    // What it was to do, or to do again, is told as canceled, step by step: a run that has ended has nothing that waits.
    state.status = "running";
    openRoot(turn);
  }
  stopRun(turn, status, reason);
}

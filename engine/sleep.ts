import { formatDuration, parseDuration, parseTimestamp } from "@headwater/workflow";
import type { Evaluated, SleepStep } from "@headwater/workflow";
import { detailOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { succeedStep } from "./success.js";
import { beginAttempt, endStep, setStatus, setStepTimer } from "./turn.js";
import type { Turn } from "./turn.js";

/** The last instant of a JavaScript date, in epoch milliseconds. */
const INSTANT_MAX = 8_640_000_000_000_000;

/** Begins a sleep: a timer, and nothing on any worker. One whose time has come already succeeds at once. */
export function startSleep(turn: Turn, cell: Cell, step: SleepStep): void {
  const wakeAt = wakeTime(turn, cell, step);
  if (!wakeAt.ok) return endStep(turn, cell, { status: "failed", reason: wakeAt.message });
  beginAttempt(turn, cell);
  setStatus(turn, cell, "running");
  if (wakeAt.value <= turn.now) return succeedStep(turn, cell, { outputs: {} });
  const at = Math.min(wakeAt.value, deadline(step, turn.now));
  detailOf(cell).reason = `sleeps until ${new Date(at).toISOString()}`;
  setStepTimer(turn, cell, at);
}

/** The timer of a sleep is due: it has slept enough, or all of its `timeout`. */
export function endSleep(turn: Turn, cell: Cell, step: SleepStep): void {
  const startedAt = detailOf(cell).startedAt ?? turn.now;
  const wakeAt = wakeTime({ state: turn.state, now: startedAt }, cell, step);
  if (wakeAt.ok && wakeAt.value > turn.now) {
    return endStep(turn, cell, {
      status: "timed_out",
      reason: `slept for its timeout, ${formatDuration(step.timeoutMs ?? 0)}`,
    });
  }
  succeedStep(turn, cell, { outputs: {} });
}

function wakeTime(
  { state, now }: { readonly state: RunState; readonly now: number },
  cell: Cell,
  { sleep }: SleepStep,
): Evaluated<number> {
  if ("forMs" in sleep) return { ok: true, value: Math.min(now + sleep.forMs, INSTANT_MAX) };
  const until = state.evaluator.resolveValue(sleep.until, scopeOf(state, cell));
  if (!until.ok) return until;
  const written = typeof until.value === "string" ? until.value : "";
  const at = parseTimestamp(written);
  if (at !== null) return { ok: true, value: at };
  const forMs = parseDuration(written);
  if (forMs !== null) return { ok: true, value: Math.min(now + forMs, INSTANT_MAX) };
  const message = `Cannot sleep: it takes a duration such as 10m or a timestamp, and is given ${JSON.stringify(until.value)}`;
  return { ok: false, message };
}

function deadline(step: SleepStep, startedAt: number): number {
  return step.timeoutMs === null ? INSTANT_MAX : startedAt + step.timeoutMs;
}

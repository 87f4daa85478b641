import { formatDuration, showValue } from "@headwater/workflow";
import type { Evaluated, GateDefinition, Scope, SignalMatch } from "@headwater/workflow";
import type { Effect } from "./effect.js";
import { detailOf, statusOf, stepOf } from "./run-state.js";
import type { Cell, Gate, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { formatPath } from "./step-path.js";
import { clearStepTimer, endStep, setStatus, setStepTimer, touch } from "./turn.js";
import type { Turn } from "./turn.js";

/** Lets a step wait for its signals: all of them must come before it begins. */
export function awaitSignals(turn: Turn, cell: Cell): void {
  const gates = evaluateGates(turn, cell);
  if (!gates.ok) return endStep(turn, cell, { status: "failed", reason: gates.message });
  detailOf(cell).gates = gates.value;
  setStatus(turn, cell, "waiting_for_signal");
  detailOf(cell).reason = waitsForSignals(gates.value);
  turn.effects.push(...pendingGates(cell));
  setGateTimer(turn, cell, gates.value);
}

/** A signal has come. With the last one the step goes on. */
export function openGate(turn: Turn, cell: Cell, number: number): void {
  const detail = detailOf(cell);
  const gate = detail.gates?.[number];
  if (statusOf(cell) !== "waiting_for_signal" || gate === undefined || gate.isOpen) return;
  gate.isOpen = true;
  detail.reason = waitsForSignals(detail.gates ?? []);
  touch(turn, cell);
  if (detail.gates?.every(({ isOpen }) => isOpen) !== true) return;
  clearStepTimer(turn, cell);
  turn.tasks.push({ kind: "begin", cell });
}

/** The step waits no longer, whatever has come. */
export function openGates(turn: Turn, cell: Cell): void {
  stopAwaiting(turn, cell);
  const detail = detailOf(cell);
  for (const gate of detail.gates ?? []) gate.isOpen = true;
  detail.reason = null;
  touch(turn, cell);
  turn.tasks.push({ kind: "begin", cell });
}

/** No signal opens a gate of the step any more, nor does its timer ring. */
export function stopAwaiting(turn: Turn, cell: Cell): void {
  clearStepTimer(turn, cell);
  turn.effects.push({ kind: "forget_signals", path: formatPath(cell) });
}

/** The step waits for its signals as before. */
export function awaitAgain(turn: Turn, cell: Cell): void {
  const gates = detailOf(cell).gates ?? [];
  setStatus(turn, cell, "waiting_for_signal");
  detailOf(cell).reason = waitsForSignals(gates);
  turn.effects.push(...pendingGates(cell));
  setGateTimer(turn, cell, gates);
}

/** The timer of a waiting step is due: some signal has not come in time, or one that has would have been late. */
export function timeOutGates(turn: Turn, cell: Cell): void {
  const gates = detailOf(cell).gates ?? [];
  const late = gates.findIndex(({ isOpen, timeoutAt }) => !isOpen && (timeoutAt ?? Infinity) <= turn.now);
  if (late < 0) return setGateTimer(turn, cell, gates);
  const { timeoutMs } = stepOf(cell).definition.waitFor[late] ?? { timeoutMs: null };
  const signal = gates[late] === undefined ? "its signal" : describeGate(gates[late]);
  const reason = `${signal} did not come within ${formatDuration(timeoutMs ?? 0)}`;
  turn.effects.push({ kind: "forget_signals", path: formatPath(cell) });
  endStep(turn, cell, { status: "timed_out", reason });
}

/** The signals that the step still waits for, as effects. */
export function pendingGates(cell: Cell): readonly Effect[] {
  const path = formatPath(cell);
  const gates = cell.block.details.get(cell.index)?.gates ?? [];
  return gates.flatMap(({ signal, match, since, isOpen }, gate) =>
    isOpen ? [] : [{ kind: "await_signal", path, gate, signal, match, since }],
  );
}

function evaluateGates({ state, now }: Turn, cell: Cell): Evaluated<readonly Gate[]> {
  const scope = scopeOf(state, cell);
  const gates: Gate[] = [];
  for (const { signal, match, lookbackMs, timeoutMs } of stepOf(cell).definition.waitFor) {
    const matches = evaluateMatch(state, scope, { signal, match });
    if (!matches.ok) return matches;
    gates.push({
      signal,
      match: matches.value,
      since: now - (lookbackMs ?? 0),
      timeoutAt: timeoutMs === null ? null : now + timeoutMs,
      isOpen: false,
    });
  }
  return { ok: true, value: gates };
}

function evaluateMatch(
  state: RunState,
  scope: Scope,
  { signal, match }: Pick<GateDefinition, "signal" | "match">,
): Evaluated<readonly SignalMatch[]> {
  const matches: SignalMatch[] = [];
  for (const { param, operator, value: template } of match) {
    const value = state.evaluator.resolveValue(template, scope);
    if (!value.ok) {
      return { ok: false, message: `Cannot wait for "${signal}": match.${param}: ${value.message}` };
    }
    matches.push({ param, operator, value: value.value });
  }
  return { ok: true, value: matches };
}

function setGateTimer(turn: Turn, cell: Cell, gates: readonly Gate[]): void {
  const due = gates.flatMap(({ isOpen, timeoutAt }) => (isOpen || timeoutAt === null ? [] : [timeoutAt]));
  if (due.length > 0) setStepTimer(turn, cell, Math.min(...due));
}

function waitsForSignals(gates: readonly Gate[]): string | null {
  const [first, ...more] = gates.filter(({ isOpen }) => !isOpen);
  if (first === undefined) return null;
  return `waits for ${describeGate(first)}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}

const OPERATORS = { eq: "=", ne: "≠", gt: ">", gte: "≥", lt: "<", lte: "≤", in: "in" } as const;

function describeGate({ signal, match }: Gate): string {
  const conditions = match.map(({ param, operator, value }) => {
    return `${param} ${OPERATORS[operator]} ${showValue(value)}`;
  });
  return `the signal ${signal}${conditions.length === 0 ? "" : ` with ${conditions.join(", ")}`}`;
}

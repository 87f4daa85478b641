import { checkValue } from "@headwater/workflow";
import type { Evaluated, Json } from "@headwater/workflow";
import { DUE_TIMER, RUN_TIMER } from "./event.js";
import { firstFailureOf } from "./first-failure.js";
import { isDueLater } from "./late.js";
import { wordsOf } from "./plan.js";
import { OUTCOME } from "./run-state.js";
import type { RunState } from "./run-state.js";
import type { RunStatus } from "./run-status.js";
import { finalScope } from "./scope.js";
import type { Turn } from "./turn.js";

interface RunEnd {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly outputs?: Readonly<Record<string, Json>>;
}

/** Every step has ended, and so has the run. One that succeeds gives its outputs; if they cannot be computed it failed. */
export function finishRun(turn: Turn): void {
  const { state } = turn;
  const end = state.stopping ?? outcomeOf(state);
  const told = end.status === "succeeded" ? withOutputs(state) : end;
  state.status = told.status;
  state.root.open.clear();
  if (state.definition.timeoutMs !== null && told.status !== "timed_out") {
    turn.effects.push({ kind: "clear_timer", timer: RUN_TIMER });
  }
  if (isDueLater(state)) turn.effects.push({ kind: "clear_timer", timer: DUE_TIMER });
  turn.effects.push({ kind: "finish", ...told });
}

function outcomeOf({ root }: RunState): RunEnd {
  const bits = root.outcomes[0] ?? 0;
  if ((bits & OUTCOME.failed) > 0) return { status: "failed", reason: firstFailureOf(root) };
  if ((bits & OUTCOME.canceled) > 0) return { status: "canceled", reason: "a step was canceled" };
  return { status: "succeeded", reason: null };
}

function withOutputs(state: RunState): RunEnd {
  if (state.definition.outputs.length === 0) return { status: "succeeded", reason: null };
  const outputs = evaluateOutputs(state);
  if (!outputs.ok) return { status: "failed", reason: outputs.message };
  return { status: "succeeded", reason: null, outputs: outputs.value };
}

/** Null where a step that was skipped has left nothing. */
function evaluateOutputs(state: RunState): Evaluated<Readonly<Record<string, Json>>> {
  const { outputs } = state.definition;
  const scope = finalScope(state, wordsOf(outputs));
  const values: Record<string, Json> = {};
  for (const { name, type, value: template } of outputs) {
    const value = state.evaluator.resolveValue(template, scope);
    if (!value.ok) return { ok: false, message: `Cannot compute output "${name}": ${value.message}` };
    const problem = value.value === null ? null : checkValue(value.value, type);
    if (problem !== null) return { ok: false, message: `Cannot compute output "${name}": it ${problem}` };
    values[name] = value.value;
  }
  return { ok: true, value: values };
}

import type { Evaluated, Json } from "@headwater/workflow";
import { rememberOutputs } from "./cache.js";
import type { Effect } from "./effect.js";
import { stepOf } from "./run-state.js";
import type { Cell } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { formatPath } from "./step-path.js";
import { endStep } from "./turn.js";
import type { Turn } from "./turn.js";

/**
 * Ends a step well: keeps its outputs and emits its signals. A signal that cannot be computed fails the step. A reason
 * says why nothing had to be done.
 */
export function succeedStep(
  turn: Turn,
  cell: Cell,
  { outputs, reason }: { readonly outputs: Readonly<Record<string, Json>>; readonly reason?: string },
): void {
  if (Object.keys(outputs).length > 0) cell.block.outputs.set(cell.index, outputs);
  const signals = evaluateSignals(turn, cell);
  if (!signals.ok) {
    cell.block.outputs.delete(cell.index);
    return endStep(turn, cell, { status: "failed", reason: signals.message });
  }
  turn.effects.push(...signals.value);
  if (reason === undefined) rememberOutputs(turn, cell);
  endStep(turn, cell, { status: "succeeded", reason: reason ?? null });
}

function evaluateSignals({ state, now }: Turn, cell: Cell): Evaluated<readonly Effect[]> {
  const { emit } = stepOf(cell).definition;
  if (emit.length === 0) return { ok: true, value: [] };
  const path = formatPath(cell);
  const attempt = cell.block.attempts[cell.index] ?? 0;
  // What is done again is emitted again.
  const key = attempt > 1 ? `${path}/${attempt}` : path;
  const scope = scopeOf(state, cell, now);
  const effects: Effect[] = [];
  for (const [number, { signal, params }] of emit.entries()) {
    const values: Record<string, Json> = {};
    for (const [name, template] of Object.entries(params)) {
      const value = state.evaluator.resolveValue(template, scope);
      if (!value.ok) {
        return { ok: false, message: `Cannot emit "${signal}": param "${name}": ${value.message}` };
      }
      values[name] = value.value;
    }
    effects.push({ kind: "emit", key: `${key}/${number}`, signal, params: values });
  }
  return { ok: true, value: effects };
}

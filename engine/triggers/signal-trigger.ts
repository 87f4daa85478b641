import { matchesSignal, toCelValue } from "@headwater/workflow";
import type { CelValue, Evaluated, Evaluator, SignalTrigger } from "@headwater/workflow";
import type { HeardSignal } from "./heard-signal.js";
import { missingParam } from "./missing-param.js";

/** Whether the signal starts a run, or why its `if` cannot be evaluated: then it does not. */
export function hearsSignal(
  evaluator: Evaluator,
  trigger: SignalTrigger,
  signal: HeardSignal,
): Evaluated<boolean> {
  if (trigger.signal !== signal.signal || !matchesSignal(trigger.match, signal.params)) {
    return { ok: true, value: false };
  }
  if (trigger.if === null) return { ok: true, value: true };
  const scope = { signal: signalScope(signal) };
  const heard = evaluator.condition(trigger.if, scope);
  if (heard.ok) return heard;
  return {
    ok: false,
    message: missingParam(heard.message, { kind: "expression", source: trigger.if }, scope),
  };
}

/** What a signal carried, as expressions see it. */
export function signalScope({ params }: Pick<HeardSignal, "params">): CelValue {
  return toCelValue(params, { name: "json" });
}

import { LACKS_MEMBER, type TestCase, type WorkflowDefinition } from "@headwater/workflow";
import type { SimulationResult } from "./simulate.js";

/** What a simulation failed for want of: the signal, or the joined ones, that start such runs and that nobody gave; null when it is for none. */
export function wantedSignal(
  { triggers, steps: written, outputs }: WorkflowDefinition,
  { signal, signals }: Pick<TestCase["begins"], "signal" | "signals">,
  { steps, reason }: Pick<SimulationResult, "steps" | "reason">,
): "signal" | "signals" | null {
  const reasons = [reason, ...[...steps.values()].map((step) => step.reason)];
  // `signal` is an empty map where no signal has started the run.
  if (!reasons.some((text) => text?.includes(LACKS_MEMBER) === true)) return null;
  const text = JSON.stringify([written, outputs]);
  const reads = (name: "signal" | "signals"): boolean => new RegExp(`\\b${name}\\b[.[]`).test(text);
  const hears = (kind: "signal" | "all"): boolean => triggers.some((trigger) => trigger.kind === kind);
  if (signal === null && hears("signal") && reads("signal")) return "signal";
  return signals === null && hears("all") && reads("signals") ? "signals" : null;
}

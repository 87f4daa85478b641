import type { TestCase } from "@headwater/workflow";

/** What starts a run of which only the signals are told that start it: `run.trigger`. */
export function impliedTrigger({ signal, signals }: Pick<TestCase["begins"], "signal" | "signals">): string {
  if (signal !== null) return "signal";
  return signals === null ? "manual" : "all";
}

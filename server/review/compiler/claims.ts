import {
  unlikePairs,
  type CompiledProject,
  type CompiledWorkflow,
  type WorkflowPair,
} from "@headwater/workflow";
import type { Claims } from "../../store/change-claims.js";
import { emittedSignals } from "../emitted-signals.js";

/** More of them than this nobody compares. */
const CLAIMS_MAX = 1000;
const RIVALS_MAX = 10;

/** What a change takes for itself, which another one may take as well. */
export function claimsOf(before: CompiledProject, after: CompiledProject): Claims {
  const pairs = unlikePairs(before.workflows, after.workflows);
  return {
    project: after.settings.project ?? "",
    takesProject: before.settings.project !== after.settings.project,
    adds: pairs.flatMap((pair) => (pair.before === undefined ? [pair.id] : [])).slice(0, CLAIMS_MAX),
    emits: emitsOf(pairs, after).slice(0, CLAIMS_MAX),
  };
}

function emitsOf(pairs: readonly WorkflowPair[], { workflows }: CompiledProject): Claims["emits"] {
  const fresh = pairs.flatMap(({ id, before, after }) => {
    const old = signalsOf(before);
    const signals = [...signalsOf(after)].filter((signal) => !old.has(signal));
    return signals.map((signal) => ({ workflow: id, signal }));
  });
  const writers = new Map<string, string[]>(fresh.map(({ signal }) => [signal, []]));
  for (const workflow of fresh.length === 0 ? [] : workflows)
    for (const signal of emittedSignals(workflow.definition)) writers.get(signal)?.push(workflow.id);
  return fresh.map(({ workflow, signal }) => {
    const rivals = (writers.get(signal) ?? []).filter((id) => id !== workflow);
    return { workflow, signal, rivals: rivals.slice(0, RIVALS_MAX) };
  });
}

function signalsOf(workflow: CompiledWorkflow | undefined): ReadonlySet<string> {
  return workflow === undefined ? new Set() : emittedSignals(workflow.definition);
}

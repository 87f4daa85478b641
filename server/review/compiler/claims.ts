import { workflowsById, type CompiledProject, type CompiledWorkflow } from "@headwater/workflow";
import type { Claims } from "../../store/change-claims.js";
import { emittedSignals } from "../emitted-signals.js";

/** More of them than this nobody compares. */
const CLAIMS_MAX = 1000;
const RIVALS_MAX = 10;

/** What a change takes for itself, which another one may take as well. */
export function claimsOf(before: CompiledProject, after: CompiledProject): Claims {
  const known = workflowsById(before.workflows);
  const changed = after.workflows.filter(({ id, fingerprint }) => known.get(id)?.fingerprint !== fingerprint);
  return {
    project: after.settings.project ?? "",
    takesProject: before.settings.project !== after.settings.project,
    adds: after.workflows.flatMap(({ id }) => (known.has(id) ? [] : [id])).slice(0, CLAIMS_MAX),
    emits: emitsOf(changed, known, after).slice(0, CLAIMS_MAX),
  };
}

function emitsOf(
  changed: readonly CompiledWorkflow[],
  known: ReadonlyMap<string, CompiledWorkflow>,
  { workflows }: CompiledProject,
): Claims["emits"] {
  const fresh = changed.flatMap((workflow) => {
    const own = known.get(workflow.id);
    const old = own === undefined ? new Set<string>() : emittedSignals(own.definition);
    const signals = [...emittedSignals(workflow.definition)].filter((signal) => !old.has(signal));
    return signals.map((signal) => ({ workflow: workflow.id, signal }));
  });
  const writers = new Map<string, string[]>(fresh.map(({ signal }) => [signal, []]));
  for (const workflow of fresh.length === 0 ? [] : workflows)
    for (const signal of emittedSignals(workflow.definition)) writers.get(signal)?.push(workflow.id);
  return fresh.map(({ workflow, signal }) => {
    const rivals = (writers.get(signal) ?? []).filter((id) => id !== workflow);
    return { workflow, signal, rivals: rivals.slice(0, RIVALS_MAX) };
  });
}

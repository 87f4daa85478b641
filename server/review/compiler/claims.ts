import { canonicalJson, mentionsOf, type CompiledProject, type CompiledWorkflow } from "@headwater/workflow";
import type { Claims } from "./judgement.js";

/** More of them than this nobody compares. */
const CLAIMS_MAX = 1000;
const RIVALS_MAX = 10;

/** What a change takes for itself, which another one may take as well. */
export function claimsOf(before: CompiledProject, after: CompiledProject): Claims {
  const known = new Map(before.workflows.map((workflow) => [workflow.id, workflow]));
  const changed = after.workflows.filter(({ id, fingerprint }) => known.get(id)?.fingerprint !== fingerprint);
  return {
    project: after.settings.project ?? "",
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
    const old = own === undefined ? new Set<string>() : signalsOf(own);
    const signals = [...signalsOf(workflow)].filter((signal) => !old.has(signal));
    return signals.map((signal) => ({ workflow: workflow.id, signal }));
  });
  const writers = new Map<string, string[]>(fresh.map(({ signal }) => [signal, []]));
  for (const workflow of fresh.length === 0 ? [] : workflows)
    for (const signal of signalsOf(workflow)) writers.get(signal)?.push(workflow.id);
  return fresh.map(({ workflow, signal }) => {
    const rivals = (writers.get(signal) ?? []).filter((id) => id !== workflow);
    return { workflow, signal, rivals: rivals.slice(0, RIVALS_MAX) };
  });
}

/**
 * Each with those of its params that are plain values: `warehouse.table-updated {"table":"orders"}`. One with params of which none is
 * plain says too little to be held against another one.
 */
function signalsOf({ definition }: CompiledWorkflow): ReadonlySet<string> {
  const signals = mentionsOf(definition).flatMap((mention) => {
    if (mention.role !== "emits") return [];
    const given = Object.entries(mention.params);
    const plain = given.flatMap(([name, template]) =>
      template.kind === "literal" ? [[name, template.value] as const] : [],
    );
    if (given.length === 0) return [mention.signal];
    return plain.length === 0 ? [] : [`${mention.signal} ${canonicalJson(Object.fromEntries(plain))}`];
  });
  return new Set(signals);
}

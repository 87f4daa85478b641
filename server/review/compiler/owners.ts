import { findWorkflow, type CompiledProject, type Plan } from "@headwater/workflow";
import type { AskedOwner } from "./judgement.js";

/** Owners whom anybody asks, and workflows of each that are named. */
const OWNERS_MAX = 50;
const NAMED_MAX = 20;

/**
 * Whom to ask of a change: who owns what it touches, before or after, and who owns what is downstream of that. By owner; who owns
 * what is touched comes first.
 */
export function ownersOf(plan: Plan, before: CompiledProject, after: CompiledProject): readonly AskedOwner[] {
  const owners = new Map<string, { touched: Set<string>; downstream: Set<string> }>();
  const ask = (kind: "touched" | "downstream", workflow: string): void => {
    const sides = [before, after].map(({ workflows }) => findWorkflow(workflows, workflow));
    for (const owner of sides.flatMap((side) => side?.properties.owner ?? [])) {
      const asked = owners.get(owner) ?? { touched: new Set(), downstream: new Set() };
      owners.set(owner, asked);
      asked[kind].add(workflow);
    }
  };
  for (const { id, change, downstream } of plan.workflows) {
    if (change === "renamed") continue;
    ask("touched", id);
    for (const { workflow } of downstream) ask("downstream", workflow);
  }
  const rows = [...owners].map(([owner, { touched, downstream }]) => ({
    owner,
    touched: [...touched].sort().slice(0, NAMED_MAX),
    downstream: [...downstream]
      .filter((id) => !touched.has(id))
      .sort()
      .slice(0, NAMED_MAX),
  }));
  return rows.sort(byWeight).slice(0, OWNERS_MAX);
}

function byWeight(a: AskedOwner, b: AskedOwner): number {
  return Math.sign(b.touched.length) - Math.sign(a.touched.length) || (a.owner < b.owner ? -1 : 1);
}

import type { CompiledWorkflow } from "../project/compiled-project.js";

/** A workflow on the two sides of a change. */
export interface WorkflowPair {
  readonly id: string;
  /** Undefined where it is not there. */
  readonly before: CompiledWorkflow | undefined;
  readonly after: CompiledWorkflow | undefined;
}

/**
 * Those that are not the very same on both sides, by id, sorted. Compilations with one cache share what did not change: so this is all
 * that a small change of ten thousand has to look at. Both lists are sorted by id, as in a compiled project.
 */
export function unlikePairs(
  before: readonly CompiledWorkflow[],
  after: readonly CompiledWorkflow[],
): readonly WorkflowPair[] {
  const pairs: WorkflowPair[] = [];
  let [old, now] = [0, 0];
  while (old < before.length || now < after.length) {
    const [one, other] = [before[old], after[now]];
    const order = one === other ? 0 : byId(one, other);
    if (one !== other) pairs.push(pairOf(order <= 0 ? one : undefined, order >= 0 ? other : undefined));
    if (order <= 0) old += 1;
    if (order >= 0) now += 1;
  }
  return pairs;
}

function pairOf(before: CompiledWorkflow | undefined, after: CompiledWorkflow | undefined): WorkflowPair {
  return { id: (before ?? after)?.id ?? "", before, after };
}

/** Those that are not there come last. */
function byId(one: CompiledWorkflow | undefined, other: CompiledWorkflow | undefined): number {
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1;
}

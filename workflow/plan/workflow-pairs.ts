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
    const isOne = one !== undefined && (other === undefined || one === other || one.id <= other.id);
    const isOther = other !== undefined && (one === undefined || one === other || other.id <= one.id);
    if (one !== other) pairs.push(pairOf(isOne ? one : undefined, isOther ? other : undefined));
    if (isOne) old += 1;
    if (isOther) now += 1;
  }
  return pairs;
}

function pairOf(before: CompiledWorkflow | undefined, after: CompiledWorkflow | undefined): WorkflowPair {
  return { id: (before ?? after)?.id ?? "", before, after };
}

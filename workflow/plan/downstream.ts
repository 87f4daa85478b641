import type { WorkflowGraph, WorkflowLink } from "./workflow-graph.js";

/** A workflow that acts, in the end, because another one did. */
export interface Downstream {
  readonly workflow: string;
  /** Whether the change makes it so, ends it, or leaves it. */
  readonly change: "gained" | "kept" | "lost";
  /** A shortest way there, the last link being to this workflow. */
  readonly path: readonly WorkflowLink[];
}

/** A search ends here: who changes the root of everything is told enough by so many. */
export const DOWNSTREAM_MAX = 200;

/** What is downstream of a workflow before or after a change, sorted by distance, then by id; at most `DOWNSTREAM_MAX` a side. */
export function downstreamOf(
  id: string,
  { before, after }: { readonly before: WorkflowGraph; readonly after: WorkflowGraph },
): readonly Downstream[] {
  const old = reach(id, before);
  const now = reach(id, after);
  const reached = [...now].map(([workflow, path]): Downstream => ({
    workflow,
    change: old.has(workflow) ? "kept" : "gained",
    path,
  }));
  const lost = [...old]
    .filter(([workflow]) => !now.has(workflow))
    .map(([workflow, path]): Downstream => ({ workflow, change: "lost", path }));
  return [...reached, ...lost].sort(byDistance);
}

function reach(id: string, graph: WorkflowGraph): ReadonlyMap<string, readonly WorkflowLink[]> {
  const paths = new Map<string, readonly WorkflowLink[]>([[id, []]]);
  // A Map is walked in order of insertion, and what is added while walking comes last: breadth first.
  for (const [at, path] of paths) {
    for (const link of graph.linksFrom(at)) {
      if (paths.size > DOWNSTREAM_MAX) break;
      if (!paths.has(link.to)) paths.set(link.to, [...path, link]);
    }
  }
  paths.delete(id);
  return paths;
}

function byDistance(a: Downstream, b: Downstream): number {
  return a.path.length - b.path.length || (a.workflow < b.workflow ? -1 : 1);
}

/** A way from one node to the next. */
export interface Edge<N> {
  readonly to: N;
}

/** One edge of a circle, with the node from which it leads. */
export interface Link<N, E> {
  readonly from: N;
  readonly edge: E;
}

/**
 * The circles of a graph, each as its links in order, the last of which closes it. Depth first, without recursion: a chain may
 * be thousands long. Every node and every edge is looked at once, so of circles that share edges not all are told.
 */
export function circlesOf<N, E extends Edge<N>>(
  nodes: Iterable<N>,
  edgesOf: (node: N) => readonly E[],
): readonly (readonly Link<N, E>[])[] {
  const circles: (readonly Link<N, E>[])[] = [];
  const done = new Set<N>();
  for (const root of nodes) {
    if (!done.has(root)) walk(root, edgesOf, { done, circles });
  }
  return circles;
}

interface Visit<N, E> {
  readonly node: N;
  readonly edges: readonly E[];
  /** How many of its edges have been followed. */
  followed: number;
}

interface Found<N, E> {
  readonly done: Set<N>;
  readonly circles: (readonly Link<N, E>[])[];
}

function walk<N, E extends Edge<N>>(
  root: N,
  edgesOf: (node: N) => readonly E[],
  { done, circles }: Found<N, E>,
): void {
  const path: Visit<N, E>[] = [{ node: root, edges: edgesOf(root), followed: 0 }];
  const links: Link<N, E>[] = [];
  const onPath = new Map<N, number>([[root, 0]]);
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const edge = visit.edges[visit.followed];
    visit.followed += 1;
    if (edge === undefined) {
      done.add(visit.node);
      onPath.delete(visit.node);
      path.pop();
      links.pop();
      continue;
    }
    if (done.has(edge.to)) continue;
    const link = { from: visit.node, edge };
    const start = onPath.get(edge.to);
    if (start !== undefined) circles.push([...links.slice(start), link]);
    else {
      onPath.set(edge.to, path.length);
      path.push({ node: edge.to, edges: edgesOf(edge.to), followed: 0 });
      links.push(link);
    }
  }
}

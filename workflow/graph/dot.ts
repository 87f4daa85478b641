import type { GraphLevel, GraphNode, WorkflowGraph } from "./workflow-graph.js";

/** A graph in the language of Graphviz. Source: https://graphviz.org/doc/info/lang.html */
export function renderDot({ title, level }: WorkflowGraph): string {
  const lines = [
    `digraph ${quoted(title)} {`,
    "  compound=true; rankdir=TB; fontname=Helvetica;",
    "  node [shape=box, style=rounded, fontname=Helvetica]; edge [fontname=Helvetica];",
    ...nodeLines(level, "  "),
    ...edgeLines(level, new Map(clustersOf(level))),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function nodeLines({ nodes }: GraphLevel, indent: string): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.inner === null) return [`${indent}${quoted(node.id)} [label=${labelOf(node)}${shapeOf(node)}];`];
    return [
      `${indent}subgraph ${quoted(`cluster ${node.id}`)} {`,
      `${indent}  label=${labelOf(node)}; style=rounded;`,
      // Edges of a cluster need a node to end at, and a loop may have no steps.
      `${indent}  ${quoted(node.id)} [shape=point, style=invis];`,
      ...nodeLines(node.inner, `${indent}  `),
      `${indent}}`,
    ];
  });
}

function edgeLines({ nodes, edges }: GraphLevel, clusters: ReadonlyMap<string, string>): readonly string[] {
  return [
    ...edges.map(({ from, to }) => {
      const tail = clusters.get(from);
      const head = clusters.get(to);
      const ends = [
        ...(tail === undefined ? [] : [`ltail=${tail}`]),
        ...(head === undefined ? [] : [`lhead=${head}`]),
      ];
      return `  ${quoted(from)} -> ${quoted(to)}${ends.length === 0 ? "" : ` [${ends.join(", ")}]`};`;
    }),
    ...nodes.flatMap(({ inner }) => (inner === null ? [] : edgeLines(inner, clusters))),
  ];
}

function clustersOf({ nodes }: GraphLevel): readonly (readonly [string, string])[] {
  return nodes.flatMap(({ id, inner }) =>
    inner === null ? [] : [[id, quoted(`cluster ${id}`)] as const, ...clustersOf(inner)],
  );
}

function shapeOf({ shape }: GraphNode): string {
  if (shape === "step") return "";
  return shape === "trigger" ? ", shape=oval" : ", shape=cds";
}

function labelOf({ title, kind, notes }: GraphNode): string {
  return quoted([`${title} (${kind})`, ...notes].join("\n"));
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

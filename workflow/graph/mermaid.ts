import type { GraphLevel, GraphNode, WorkflowGraph } from "./workflow-graph.js";

/** A graph as a Mermaid flowchart, which Git hosts draw in Markdown. Source: https://mermaid.js.org/syntax/flowchart.html */
export function renderMermaid({ title, level }: WorkflowGraph): string {
  const names = namesOf(level);
  const lines = [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "flowchart TD",
    ...nodeLines(level, names, "  "),
    ...edgeLines(level, names),
  ];
  return `${lines.join("\n")}\n`;
}

type Names = ReadonlyMap<string, string>;

/** Ids of our own: a step may have the name of a keyword, such as `end`. */
function namesOf(level: GraphLevel): Names {
  return new Map(idsOf(level).map((id, index) => [id, `n${index}`]));
}

function idsOf({ nodes }: GraphLevel): readonly string[] {
  return nodes.flatMap(({ id, inner }) => (inner === null ? [id] : [id, ...idsOf(inner)]));
}

function nodeLines({ nodes }: GraphLevel, names: Names, indent: string): readonly string[] {
  return nodes.flatMap((node) => {
    const name = names.get(node.id) ?? "";
    const label = labelOf(node);
    if (node.inner === null) return [`${indent}${name}${shaped(node, label)}`];
    return [
      `${indent}subgraph ${name}["${label}"]`,
      ...nodeLines(node.inner, names, `${indent}  `),
      `${indent}end`,
    ];
  });
}

function shaped({ shape }: GraphNode, label: string): string {
  if (shape === "trigger") return `(["${label}"])`;
  return shape === "signal" ? `>"${label}"]` : `["${label}"]`;
}

function edgeLines({ nodes, edges }: GraphLevel, names: Names): readonly string[] {
  return [
    ...edges.map(({ from, to }) => `  ${names.get(from) ?? ""} --> ${names.get(to) ?? ""}`),
    ...nodes.flatMap(({ inner }) => (inner === null ? [] : edgeLines(inner, names))),
  ];
}

function labelOf({ title, kind, notes }: GraphNode): string {
  return [`${title} · ${kind}`, ...notes].map(escape).join("<br/>");
}

/** Mermaid has entity codes of its own; what is not a letter, a digit or a space of a sentence becomes one. */
function escape(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,:_·/+=()-]/gu, (character) => `#${character.codePointAt(0) ?? 32};`);
}

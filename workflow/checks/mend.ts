import type { Fix, TextEdit } from "../diagnostics/diagnostic.js";
import type { StepNode } from "../model/step-tree.js";
import type { MapNode, SyntaxNode } from "../syntax/syntax-node.js";

/** The edit that adds a step to the needs of another, in the style in which that one is written; null where there is none. */
export function addNeed({ node, fields: { needs } }: StepNode, id: string, text: string): Fix | null {
  const edit = needs === undefined ? addEntry(node, `needs: [${id}]`, text) : addItem(needs.node, id, text);
  return edit === null ? null : { title: `Add "${id}" to "needs"`, edits: [edit] };
}

/** The edit that gives a map one more entry, before its first. */
export function addEntry(node: SyntaxNode, entry: string, text: string): TextEdit | null {
  const first = node.kind === "map" ? node.entries[0]?.keyRange.start : undefined;
  if (first === undefined || node.kind !== "map") return null;
  const newText = isFlow(node, text)
    ? `${entry}, `
    : `${entry}${lineBreakOf(text)}${" ".repeat(columnOf(first, text))}`;
  return { range: { start: first, end: first }, newText };
}

/** The edit that adds to a list, or to a value that stands for a list of one. */
function addItem(list: SyntaxNode, item: string, text: string): TextEdit | null {
  if (list.kind === "map") return null;
  const { start, end } = list.range;
  if (list.kind === "scalar") {
    return { range: list.range, newText: `[${text.slice(start, end)}, ${item}]` };
  }
  if (text[end - 1] === "]") {
    return { range: { start: end - 1, end: end - 1 }, newText: list.items.length === 0 ? item : `, ${item}` };
  }
  const first = list.items[0]?.range.start;
  if (first === undefined) return null;
  const dash = text.lastIndexOf("-", first);
  return {
    range: { start: first, end: first },
    newText: `${item}${lineBreakOf(text)}${" ".repeat(columnOf(dash, text))}- `,
  };
}

/** Whether a map is written in braces. */
function isFlow(node: MapNode, text: string): boolean {
  return text[node.range.start] === "{";
}

function lineBreakOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function columnOf(offset: number, text: string): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

import type { TextRange } from "../diagnostics/diagnostic.js";

/**
 * A YAML value with its place in the text: aliases resolved (the node stands at its anchor and is shared), keys made
 * strings, styles forgotten except where a position inside a scalar needs them.
 */
export type SyntaxNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As written, for messages and for text that YAML reads as a number or a date; equals `value` for strings. */
  readonly text: string;
  readonly style: "plain" | "single" | "double" | "block";
  readonly range: TextRange;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly SyntaxNode[];
  readonly range: TextRange;
}

export interface MapNode {
  readonly kind: "map";
  /** In file order, each key once. */
  readonly entries: readonly MapEntry[];
  readonly range: TextRange;
}

export interface MapEntry {
  readonly key: string;
  readonly keyRange: TextRange;
  readonly value: SyntaxNode;
}

/** What a person calls a node: "a list", "the number 5". */
export function describeNode(node: SyntaxNode): string {
  if (node.kind !== "scalar") return node.kind === "list" ? "a list" : "a map";
  if (node.value === null) return "nothing";
  if (typeof node.value === "string") return "text";
  return `${typeof node.value === "number" ? "the number" : "the truth value"} ${node.text}`;
}

/** The entry of a key; undefined when the node is no map or has no such key. */
export function entryOf(node: SyntaxNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === "map" ? node.entries.find((entry) => entry.key === key) : undefined;
}

import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import type { ListNode, MapEntry, MapNode, ScalarNode, SyntaxNode } from "./syntax-node.js";

/** Nodes that all aliases of a file may add: far more than a person shares, far less than a bomb needs. */
const ALIASED_NODES_MAX = 20_000;

/** Nesting with aliases expanded, so that whoever walks the tree by recursion is safe. */
const DEPTH_MAX = 200;

interface Built {
  readonly node: SyntaxNode;
  /** Nodes, with aliases expanded. */
  readonly size: number;
  readonly height: number;
}

interface Builder {
  readonly text: string;
  readonly report: Report;
  /** `null` while the anchored node is being built: an alias to it would be a circle. */
  readonly anchors: Map<string, Built | null>;
  aliasedNodes: number;
}

/** The library's nodes as our own: aliases resolved, duplicate keys reported in linear time, keys made strings. */
export function buildSyntax(root: Node, text: string, report: Report): SyntaxNode {
  return buildNode(root, { text, report, anchors: new Map(), aliasedNodes: 0 }, 0).node;
}

function buildNode(node: Node, builder: Builder, depth: number): Built {
  if (isAlias(node)) return buildAlias(node, builder, depth);
  const anchor = "anchor" in node && typeof node.anchor === "string" ? node.anchor : undefined;
  if (anchor !== undefined) builder.anchors.set(anchor, null);
  const built = buildContent(node, builder, depth);
  if (anchor !== undefined) builder.anchors.set(anchor, built);
  return built;
}

function buildContent(node: Node, builder: Builder, depth: number): Built {
  if (isMap(node)) return buildMap(node, builder, depth);
  if (isSeq(node)) return buildList(node, builder, depth);
  return { node: isScalar(node) ? buildScalar(node, builder) : nothingAt(rangeOf(node)), size: 1, height: 1 };
}

function buildAlias(alias: Alias, builder: Builder, depth: number): Built {
  const range = rangeOf(alias);
  const target = builder.anchors.get(alias.source);
  // The library itself reports an alias without an anchor before it.
  if (target === undefined) return { node: nothingAt(range), size: 1, height: 1 };
  const problem = aliasProblem(target, builder, depth);
  if (target !== null && problem === null) {
    builder.aliasedNodes += target.size;
    return target;
  }
  builder.report({
    code: "yaml-alias",
    message: `Cannot expand alias "${alias.source}": ${problem ?? ""}`,
    range,
  });
  return { node: nothingAt(range), size: 1, height: 1 };
}

function aliasProblem(target: Built | null, builder: Builder, depth: number): string | null {
  if (target === null) return "it stands inside its own anchor";
  if (depth + target.height > DEPTH_MAX) return `it nests deeper than ${DEPTH_MAX} levels`;
  const tooMany = builder.aliasedNodes + target.size > ALIASED_NODES_MAX;
  return tooMany ? `the aliases of this file stand for more than ${ALIASED_NODES_MAX} values` : null;
}

function buildList(list: YAMLSeq, builder: Builder, depth: number): Built {
  const items: SyntaxNode[] = [];
  let size = 1;
  let height = 0;
  for (const item of list.items) {
    const node = isPair(item) ? null : (item as Node | null);
    const built = node === null ? leaf(nothingAt(rangeOf(list))) : buildNode(node, builder, depth + 1);
    items.push(built.node);
    size += built.size;
    height = Math.max(height, built.height);
  }
  const node: ListNode = { kind: "list", items, range: rangeOf(list) };
  return { node, size, height: height + 1 };
}

function buildMap(map: YAMLMap, builder: Builder, depth: number): Built {
  const entries = new Map<string, MapEntry>();
  let size = 1;
  let height = 0;
  for (const pair of map.items) {
    const key = buildKey(pair.key as Node | null, builder);
    if (key === null) continue;
    // A value that is missing altogether ("needs:" before the end) is null for the library, without a place.
    const valueNode = pair.value as Node | null;
    const built = valueNode === null ? leaf(nothingAt(key.range)) : buildNode(valueNode, builder, depth + 1);
    size += built.size + 1;
    height = Math.max(height, built.height);
    const first = entries.get(key.text);
    if (first === undefined) entries.set(key.text, { key: key.text, keyRange: key.range, value: built.node });
    else reportDuplicate(key, first, builder);
  }
  const node: MapNode = { kind: "map", entries: [...entries.values()], range: rangeOf(map) };
  return { node, size, height: height + 1 };
}

function buildKey(key: Node | null, builder: Builder): ScalarNode | null {
  if (isAlias(key)) {
    const target = builder.anchors.get(key.source)?.node;
    if (target?.kind === "scalar") return { ...target, range: rangeOf(key) };
  }
  if (isScalar(key)) return buildScalar(key, builder);
  const range = key === null ? { start: 0, end: 0 } : rangeOf(key);
  const message = 'A key must be a simple text; write `"${{ … }}"` in quotes where braces are meant';
  builder.report({ code: "yaml-syntax", message, range });
  return null;
}

function reportDuplicate(key: ScalarNode, first: MapEntry, builder: Builder): void {
  builder.report({
    code: "duplicate-key",
    message: `"${key.text}" is given twice; the first one counts until one of them is gone`,
    range: key.range,
    data: { key: first.key },
  });
}

function buildScalar(scalar: Scalar, builder: Builder): ScalarNode {
  const style = styleOf(scalar);
  const range = rangeOf(scalar);
  const value = plainValue(scalar.value);
  const written = style === "plain" ? builder.text.slice(range.start, range.end) : "";
  return { kind: "scalar", value, text: typeof value === "string" ? value : written, style, range };
}

/** The core schema makes nothing else of a scalar; a tag such as `!!binary` might, and is taken as its text. */
function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "bigint" ? Number(value) : "";
}

function styleOf(scalar: Scalar): ScalarNode["style"] {
  if (scalar.type === "QUOTE_SINGLE") return "single";
  if (scalar.type === "QUOTE_DOUBLE") return "double";
  return scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED" ? "block" : "plain";
}

function leaf(node: SyntaxNode): Built {
  return { node, size: 1, height: 1 };
}

function nothingAt(range: TextRange): ScalarNode {
  return { kind: "scalar", value: null, text: "", style: "plain", range };
}

function rangeOf(node: { readonly range?: readonly [number, number, number] | null }): TextRange {
  return { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
}

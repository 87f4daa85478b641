import {
  isAlias,
  isMap,
  isNode,
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
import { coreValue } from "./core-schema.js";
import type { ListNode, MapEntry, MapNode, ScalarNode, SyntaxNode } from "./syntax-node.js";
import { endOfBlock, placeOfNothing } from "./unwritten-places.js";

/**
 * Nodes that all aliases of a file may add: far more than a person shares, far less than a bomb needs. Of a text, every 32
 * characters count as one: a thousand aliases of a long one are a bomb too.
 */
const ALIASED_NODES_MAX = 20_000;

/** Nesting with aliases expanded, so that whoever walks the tree by recursion is safe. */
const DEPTH_MAX = 200;

interface Built {
  readonly node: SyntaxNode;
  /** Where it ends in the text: the place of an alias is not that of its node. */
  readonly end: number;
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
  /** Collections around the node that is being built. */
  depth: number;
}

/** The library's nodes as our own: aliases resolved, duplicate keys reported in linear time, keys made strings. */
export function treeOfNodes(root: Node, text: string, report: Report): SyntaxNode {
  return buildNode(root, 0, { text, report, anchors: new Map(), aliasedNodes: 0, depth: 0 }).node;
}

/** `from` is where the text before the node ends. */
function buildNode(node: Node, from: number, builder: Builder): Built {
  if (isAlias(node)) return buildAlias(node, builder);
  const anchor = "anchor" in node && typeof node.anchor === "string" ? node.anchor : undefined;
  if (anchor !== undefined) builder.anchors.set(anchor, null);
  const built = buildContent(node, from, builder);
  if (anchor !== undefined) builder.anchors.set(anchor, built);
  return built;
}

function buildContent(node: Node, from: number, builder: Builder): Built {
  if (isMap(node)) return buildMap(node, builder);
  if (isSeq(node)) return buildList(node, builder);
  if (isScalar(node) && !isUnwritten(node)) return leaf(buildScalar(node, builder));
  return leaf(nothingAt(placeOfNothing(builder.text, from)));
}

function buildAlias(alias: Alias, builder: Builder): Built {
  const range = rangeOf(alias);
  const target = builder.anchors.get(alias.source);
  const problem = aliasProblem(target, builder);
  if (target && problem === null) {
    builder.aliasedNodes += target.size;
    return { ...target, end: range.end };
  }
  const message = `Cannot expand alias "${alias.source}": ${problem ?? ""}`;
  builder.report({ code: "yaml-alias", message, range });
  return leaf({ ...nothingAt(range.start), range });
}

function aliasProblem(target: Built | null | undefined, builder: Builder): string | null {
  if (target === undefined) return "there is no anchor of that name before it";
  if (target === null) return "it stands inside its own anchor";
  if (builder.depth + target.height > DEPTH_MAX) return `it nests deeper than ${DEPTH_MAX} levels`;
  const tooMany = builder.aliasedNodes + target.size > ALIASED_NODES_MAX;
  return tooMany
    ? `the aliases of this file stand for more than ${ALIASED_NODES_MAX} values, or for very long texts`
    : null;
}

function buildList(list: YAMLSeq, builder: Builder): Built {
  const range = rangeOf(list);
  const items: SyntaxNode[] = [];
  let size = 1;
  let height = 0;
  let end = list.flow === true ? range.start + 1 : range.start;
  builder.depth += 1;
  for (const item of list.items) {
    // A pair is what the tag `!!omap` makes of an item.
    const built = isNode(item) ? buildNode(item, end, builder) : leaf(nothingAt(end));
    items.push(built.node);
    size += built.size;
    height = Math.max(height, built.height);
    end = built.end;
  }
  builder.depth -= 1;
  if (list.flow === true) end = range.end;
  const node: ListNode = { kind: "list", items, range: { start: range.start, end } };
  return { node, size, height: height + 1, end };
}

function buildMap(map: YAMLMap, builder: Builder): Built {
  const range = rangeOf(map);
  const entries = new Map<string, MapEntry>();
  let size = 1;
  let height = 0;
  let end = range.start;
  let start: number | undefined;
  builder.depth += 1;
  for (const pair of map.items) {
    const key = buildKey(pair.key, builder);
    if (key === null) continue;
    start ??= key.range.start;
    const built = isNode(pair.value)
      ? buildNode(pair.value, key.range.end, builder)
      : leaf(nothingAt(placeOfNothing(builder.text, key.range.end)));
    size += built.size + 1;
    height = Math.max(height, built.height);
    end = built.end;
    const first = entries.get(key.text);
    if (first === undefined) entries.set(key.text, { key: key.text, keyRange: key.range, value: built.node });
    else reportDuplicate(key, first, builder);
  }
  builder.depth -= 1;
  const isFlow = builder.text[range.start] === "{";
  if (isFlow) end = range.end;
  const node: MapNode = {
    kind: "map",
    entries: [...entries.values()],
    range: { start: isFlow ? range.start : (start ?? range.start), end },
  };
  return { node, size, height: height + 1, end };
}

function buildKey(key: unknown, builder: Builder): ScalarNode | null {
  if (isScalar(key)) {
    const scalar = buildScalar(key, builder);
    if (key.anchor !== undefined) builder.anchors.set(key.anchor, leaf(scalar));
    return scalar;
  }
  if (isAlias(key)) {
    const target = builder.anchors.get(key.source)?.node;
    if (target?.kind === "scalar") return { ...target, range: rangeOf(key) };
  }
  const range = isNode(key) ? rangeOf(key) : { start: 0, end: 0 };
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
  const { start, end } = rangeOf(scalar);
  const range = { start, end: style === "block" ? endOfBlock(builder.text, start, end) : end };
  const written = style === "plain" ? builder.text.slice(range.start, range.end) : "";
  // A tag that the language does not have is told of, and the value is what it is without.
  const isTagged = style === "plain" && scalar.tag !== undefined && !TEXT_TAGS.has(scalar.tag);
  const value = isTagged ? coreValue(written) : plainValue(scalar.value);
  return { kind: "scalar", value, text: typeof value === "string" ? value : written, style, range };
}

/** Tags that make a text of a plain scalar. */
const TEXT_TAGS: ReadonlySet<string> = new Set(["!", "tag:yaml.org,2002:str"]);

/** The core schema makes nothing else of a scalar. */
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

function leaf(node: ScalarNode): Built {
  return { node, size: 1 + (node.text.length >> 5), height: 1, end: node.range.end };
}

/** A value of which only the key or the sign before it is written; the library takes it for an empty plain scalar. */
function isUnwritten(scalar: Scalar): boolean {
  const { start, end } = rangeOf(scalar);
  return scalar.value === null && start === end;
}

function nothingAt(place: number): ScalarNode {
  return { kind: "scalar", value: null, text: "", style: "plain", range: { start: place, end: place } };
}

function rangeOf(node: { readonly range?: readonly [number, number, number] | null }): TextRange {
  return { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
}

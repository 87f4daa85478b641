import type { ASTNode } from "@marcbachmann/cel-js";
import { isComparison, MIRRORED, type Comparison } from "./constant-comparison.js";
import { writtenName } from "./loop-name.js";
import { pathOf } from "./names.js";
import { childrenOf, loopOf } from "./syntax-tree.js";

/** What is known of a value by the names of its path; null when nothing is. */
export type KnownOfPath<T> = (names: readonly string[]) => T | null;

/** A value of which something is known, compared with a part of the expression that is written out, or is none of its names. */
export interface LiteralComparison<T> {
  readonly known: T;
  /** With the value on its left. */
  readonly operator: Comparison | "in";
  /** For `in`, each element of the list. */
  readonly literal: ASTNode;
}

/** Every comparison of what is known, in order of the text. A variable of a loop hides the name of the scope that it has. */
export function comparisonsIn<T>(node: ASTNode, knownOf: KnownOfPath<T>): readonly LiteralComparison<T>[] {
  const loop = loopOf(node);
  const variable = loop?.variable.op === "id" ? writtenName(loop.variable.args) : null;
  const ofBody: KnownOfPath<T> = (names) => (names[0] === variable ? null : knownOf(names));
  const within = childrenOf(node).flatMap((child) =>
    comparisonsIn(child, variable === null || child === loop?.range ? knownOf : ofBody),
  );
  return [...comparisonsOf(node, knownOf), ...within];
}

function comparisonsOf<T>(node: ASTNode, knownOf: KnownOfPath<T>): readonly LiteralComparison<T>[] {
  const known = (part: ASTNode): T | null => knownOf(pathOf(part)?.map(({ name }) => name) ?? []);
  if (node.op === "in") {
    const [item, list] = node.args;
    const ofItem = known(item);
    return ofItem === null || list.op !== "list"
      ? []
      : list.args.map((literal) => ({ known: ofItem, operator: "in", literal }));
  }
  if (!isComparison(node)) return [];
  const [left, right] = node.args;
  const isMirrored = left.op === "value";
  const ofSide = known(isMirrored ? right : left);
  const operator = isMirrored ? MIRRORED[node.op] : node.op;
  return ofSide === null ? [] : [{ known: ofSide, operator, literal: isMirrored ? left : right }];
}

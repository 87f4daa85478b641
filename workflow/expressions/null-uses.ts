import type { ASTNode } from "@marcbachmann/cel-js";
import { ownNameOf } from "./functions/own-names.js";
import { pathOf, type Segment } from "./names.js";
import { childrenOf } from "./syntax-tree.js";

/** What an expression uses of a step: the value itself, or an element of it where `depth` is more than 0. */
export interface StepValue {
  /** `steps`, the id, and what of the step; or `each` and the variable of a foreach, whose list may be of one. */
  readonly path: readonly string[];
  /** How many lists are around the value: 1 for an element of the list at the path. */
  readonly depth: number;
}

/** A use of what a step left that fails where it is null, with what the expression makes sure of there. */
export interface NullUse extends StepValue {
  /** As the expression has it: `steps.load.started_at`, or the variable of a macro. */
  readonly written: string;
  readonly start: number;
  readonly end: number;
  readonly guards: ReadonlySet<string>;
}

/** By the names of the macros' variables, what each element comes from; null for what is of no step. */
export type Elements = ReadonlyMap<string, StepValue | null>;

/** Among guards: what is so written is not null. No step has such an id. */
export function notNull(written: string): string {
  return `${written} != null`;
}

/** What a node is of a step; null for all else, and for what `?` lets be absent. */
export function stepValueOf(node: ASTNode, elements: Elements): StepValue | null {
  const path = pathOf(node);
  if (path !== null) return valueAt(path, elements);
  const list = node.op === "[]" ? stepValueOf(node.args[0], elements) : null;
  return list === null ? null : { path: list.path, depth: list.depth + 1 };
}

/** The same of names with members. */
export function valueAt(path: readonly Segment[], elements: Elements): StepValue | null {
  const names = path.map(({ name }) => name);
  const [root = ""] = names;
  if (elements.has(root)) return names.length === 1 ? (elements.get(root) ?? null) : null;
  const isOfStep = root === "steps" || (root === "each" && names.length === 2);
  return isOfStep && !path.some(({ isOptional }) => isOptional) ? { path: names, depth: 0 } : null;
}

/** The beginnings of a path of which it asks a member that must be there, so that none of them may be null. */
export function ownersOfMembers(
  path: readonly Segment[],
  elements: Elements,
): readonly (readonly Segment[])[] {
  const root = path[0]?.name ?? "";
  const shortest = elements.has(root) ? 1 : root === "each" ? 2 : root === "steps" ? SHORTEST_OUTPUT : null;
  const optional = path.findIndex(({ isOptional }) => isOptional);
  const end = optional === -1 ? path.length : optional;
  if (shortest === null || end <= shortest) return [];
  return Array.from({ length: end - shortest }, (_, more) => path.slice(0, shortest + more));
}

/** Of a step in a loop: `steps.pages.outputs.page.rows`. */
const SHORTEST_OUTPUT = 5;

/** The list that a node takes, where it takes none that holds null; null for all else. */
export function listWithoutNulls(node: ASTNode): ASTNode | null {
  return node.op === "rcall" && node.args[0] === ownNameOf("join") ? node.args[1] : null;
}

/** The parts of a node that must not be null. Whoever compares with null, or hands a value on as a whole, may have it. */
export function operandsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === "in") return [node.args[1]];
  const isCall = node.op === "call" || node.op === "rcall";
  if (isCall ? TAKES_NULL.has(node.args[0]) : !COMPUTING.has(node.op)) return [];
  return childrenOf(node);
}

const COMPUTING: ReadonlySet<string> = new Set([
  "+",
  "-",
  "*",
  "/",
  "%",
  "<",
  "<=",
  ">",
  ">=",
  "[]",
  "!_",
  "-_",
]);
const TAKES_NULL: ReadonlySet<string> = new Set(["json", "dyn", "type", "has", "orValue"]);

/** What is compared, without the `dyn()` that says that it may be of any type. */
export function compared(node: ASTNode): ASTNode {
  if (node.op !== "call" || node.args[0] !== "dyn") return node;
  return node.args[1][0] ?? node;
}

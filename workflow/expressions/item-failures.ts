import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestName } from "../diagnostics/nearest-name.js";
import { type CelValue, fromCelValue, type Scope } from "./cel-value.js";
import { written } from "./constant-failure.js";
import type { Evaluator } from "./evaluate.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { LACKS_MEMBER } from "./library-words.js";
import { memberOf, memberRange, pathOf } from "./names.js";
import { childrenOf, loopOf } from "./syntax-tree.js";

/** What is known of `each` where an expression stands. */
export interface KnownItems {
  /** The variables whose items are written out. */
  readonly variables: ReadonlySet<string>;
  /** `each` of one iteration after the other, with those variables; as many as are tried, at least one. */
  readonly scopes: readonly Scope[];
  /** False where a condition that depends on the run may leave out some of them. */
  readonly areSure: boolean;
}

/** Whether an expression depends on nothing but those variables. */
export function dependsOnItemsOnly(root: ASTNode, variables: ReadonlySet<string>): boolean {
  return dependsOn(root, variables, new Set());
}

/**
 * Parts of an expression that hold no names but loop variables whose items are written out, and that fail for one of the items:
 * a member that it has not, a null, a text where a number is wanted. Each is told at the smallest part that fails.
 */
export function itemFailures(
  root: ASTNode,
  items: KnownItems,
  evaluator: () => Evaluator,
): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  visit(root, { items, evaluator, problems }, items.areSure);
  return problems;
}

interface Search {
  readonly items: KnownItems;
  readonly evaluator: () => Evaluator;
  readonly problems: ExpressionProblem[];
}

/** `isSure` is false where something that depends on the run decides whether the part is evaluated. */
function visit(node: ASTNode, search: Search, isSure: boolean): void {
  const { variables } = search.items;
  if (dependsOnItemsOnly(node, variables)) return report(node, search, isSure);
  const loop = loopOf(node);
  if (loop !== null) return visit(loop.range, search, isSure);
  const isSureWithin = isSure && !["&&", "||", "?:"].includes(node.op);
  for (const [index, child] of childrenOf(node).entries()) {
    // What is before "?" is asked in any case.
    visit(child, search, isSureWithin || (isSure && node.op === "?:" && index === 0));
  }
}

function dependsOn(node: ASTNode, variables: ReadonlySet<string>, bound: ReadonlySet<string>): boolean {
  if (node.op === "value") return true;
  if (node.op === "id") return node.args === "optional" || bound.has(node.args);
  if (node.op === "call" && node.args[1].length === 0) return false;
  const name = variableOf(node);
  if (name !== null) return variables.has(name);
  const loop = loopOf(node);
  if (loop === null) return childrenOf(node).every((child) => dependsOn(child, variables, bound));
  if (loop.variable.op !== "id") return false;
  const within = new Set([...bound, loop.variable.args]);
  return (
    dependsOn(loop.range, variables, bound) && loop.body.every((part) => dependsOn(part, variables, within))
  );
}

/** The variable of a loop that a node is: `each.x`. */
function variableOf(node: ASTNode): string | null {
  const path = memberOf(node) === null ? null : pathOf(node);
  return path?.length === 2 && path[0]?.name === "each" ? (path[1]?.name ?? null) : null;
}

function report(node: ASTNode, search: Search, isSure: boolean): void {
  const { scopes } = search.items;
  const failing = scopes.filter((scope) => messageFor(node, scope, search) !== null);
  const [first] = failing;
  if (first === undefined || (!isSure && failing.length < scopes.length)) return;
  const culprit = smallestPart(node, first, search);
  const message = messageFor(culprit, first, search) ?? "";
  const isEvery = failing.length === scopes.length;
  search.problems.push(
    (isEvery && message.startsWith(LACKS_MEMBER) ? unknownMember(culprit, search) : null) ?? {
      code: "expression-fails",
      message: `${isEvery ? "This fails for every item" : `This fails in every run, for ${itemText(culprit, first)}`}: ${message}${advice(culprit, message)}`,
      start: culprit.start,
      end: culprit.end,
    },
  );
}

function messageFor(node: ASTNode, scope: Scope, { evaluator }: Search): string | null {
  const result = evaluator().evaluate(written(node), scope);
  return result.ok ? null : result.message;
}

/** The part by which the whole fails: with the same words. */
function smallestPart(node: ASTNode, scope: Scope, search: Search): ASTNode {
  const message = messageFor(node, scope, search);
  const loop = loopOf(node);
  const parts = loop === null ? childrenOf(node) : [loop.range];
  const part = parts.find((child) => messageFor(child, scope, search) === message);
  return part === undefined ? node : smallestPart(part, scope, search);
}

/** A member that none of the items has is a misspelt one. */
function unknownMember(node: ASTNode, search: Search): ExpressionProblem | null {
  const member = memberOf(node);
  if (member === null) return null;
  const [object, name] = member;
  const known = new Set(search.items.scopes.flatMap((scope) => membersOf(object, scope, search)));
  if (known.size === 0 || known.has(name)) return null;
  const nearest = nearestName(name, known);
  const hint =
    nearest === null
      ? `: there is ${[...known].slice(0, NAMES_MAX).join(", ")}`
      : `. Did you mean "${nearest}"?`;
  return {
    code: "expression-unknown-name",
    message: `No item has a member "${name}"${hint}`,
    ...memberRange(node, name),
    ...(nearest === null ? {} : { nearest }),
  };
}

const NAMES_MAX = 10;

function membersOf(object: ASTNode, scope: Scope, { evaluator }: Search): readonly string[] {
  const result = evaluator().evaluate(written(object), scope);
  if (!result.ok || result.value === null || typeof result.value !== "object") return [];
  const plain = fromCelValue(result.value);
  return plain === null || typeof plain !== "object" || Array.isArray(plain) ? [] : Object.keys(plain);
}

/** The variables that a part uses, with what they are in an iteration. */
function itemText(node: ASTNode, scope: Scope): string {
  const { each } = scope;
  const values =
    each === null || typeof each !== "object" ? {} : (each as Readonly<Record<string, CelValue>>);
  const used = [...namesIn(node)].map((name) => {
    const text = JSON.stringify(fromCelValue(values[name] ?? null));
    return `each.${name} = ${text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text}`;
  });
  return used.join(" and ");
}

const TEXT_MAX = 60;

function namesIn(node: ASTNode): ReadonlySet<string> {
  const name = variableOf(node);
  if (name !== null) return new Set([name]);
  return new Set(childrenOf(node).flatMap((child) => [...namesIn(child)]));
}

function advice(node: ASTNode, message: string): string {
  const member = message.startsWith(LACKS_MEMBER) && node.op === "." ? memberOf(node) : null;
  if (member === null) return "";
  const [object, name] = member;
  return `. Give it to each item, or write ${written(object)}.?${name}.orValue(…)`;
}

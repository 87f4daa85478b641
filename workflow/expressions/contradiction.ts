import type { ASTNode } from "@marcbachmann/cel-js";
import {
  compare,
  isComparison,
  isPlain,
  MIRRORED,
  type Comparison,
  type Constant,
} from "./constant-comparison.js";
import type { ExpressionLibrary } from "./expression-library.js";
import { pathOf } from "./names.js";
import { parseExpression } from "./parse-expression.js";

/** What a part of a condition claims of one value: `params.mode == "full"`. */
interface Claim {
  /** As the author wrote it. */
  readonly text: string;
  readonly path: string;
  readonly operator: Comparison;
  /** The literals that it is compared with: several only for `==`, of which one is enough. */
  readonly values: readonly Constant[];
}

/** Two claims of one value, in the words of the author. */
export type ClaimPair = readonly [string, string];

/** Two parts of conditions that must all be true, and never are at once; null when none are plainly so. */
export function contradictionIn(sources: readonly string[], library: ExpressionLibrary): ClaimPair | null {
  const claims = sources.flatMap((source) => claimsIn(source, "&&", library));
  return pairOf(claims, areContrary);
}

/** Two parts of one condition of which always one is true; null when none are plainly so. */
export function tautologyIn(source: string, library: ExpressionLibrary): ClaimPair | null {
  return pairOf(claimsIn(source, "||", library), (one, other) => areContrary(denied(one), denied(other)));
}

/** Whether the sources speak of one value twice: most do not, and are not read once more. */
export function repeatsName(sources: readonly string[]): boolean {
  const seen = new Set<string>();
  for (const [name] of sources.join(" ").matchAll(/[A-Za-z_]\w*(?:\.\w+)+/g)) {
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

function pairOf(claims: readonly Claim[], isPair: (one: Claim, other: Claim) => boolean): ClaimPair | null {
  const byPath = new Map<string, Claim[]>();
  for (const claim of claims) {
    const earlier = byPath.get(claim.path) ?? [];
    const other = earlier.find((one) => isPair(one, claim));
    if (other !== undefined) return [other.text, claim.text];
    byPath.set(claim.path, [...earlier, claim].slice(0, CLAIMS_COMPARED_MAX));
  }
  return null;
}

const CLAIMS_COMPARED_MAX = 20;

function claimsIn(source: string, joint: "&&" | "||", library: ExpressionLibrary): readonly Claim[] {
  const parsed = parseExpression(source, library.functions());
  return parsed.ok ? claimsOf(parsed.root, joint, source) : [];
}

function claimsOf(node: ASTNode, joint: "&&" | "||", source: string): readonly Claim[] {
  if (node.op === "&&" || node.op === "||")
    return node.op === joint ? node.args.flatMap((side) => claimsOf(side, joint, source)) : [];
  const claim = claimOf(node);
  return claim === null ? [] : [{ ...claim, text: source.slice(node.range.start, node.range.end) }];
}

function claimOf(node: ASTNode): Omit<Claim, "text"> | null {
  const isDenied = node.op === "!_";
  const path = nameOf(isDenied ? node.args : node);
  if (path !== null) return { path, operator: "==", values: [!isDenied] };
  if (node.op === "in") return membership(node.args);
  if (!isComparison(node)) return null;
  const [left, right] = node.args;
  if (right.op === "value") return comparison(left, node.op, right);
  return left.op === "value" ? comparison(right, MIRRORED[node.op], left) : null;
}

function comparison(asked: ASTNode, operator: Comparison, literal: ASTNode): Omit<Claim, "text"> | null {
  const path = nameOf(asked);
  if (path === null || literal.op !== "value" || !isPlain(literal.args)) return null;
  return { path, operator, values: [literal.args] };
}

function membership([item, list]: readonly [ASTNode, ASTNode]): Omit<Claim, "text"> | null {
  const path = nameOf(item);
  if (path === null || list.op !== "list") return null;
  const values = list.args.map((value) =>
    value.op === "value" && isPlain(value.args) ? value.args : undefined,
  );
  return { path, operator: "==", values };
}

/** The name of a value that stays what it is while the condition is evaluated; null for what may be absent, and all else. */
function nameOf(node: ASTNode): string | null {
  const path = pathOf(node);
  if (path === null || path.length < 2 || path.some(({ isOptional }) => isOptional)) return null;
  return path.map(({ name }) => name).join(".");
}

function areContrary(one: Claim, other: Claim): boolean {
  if (one.operator === "==")
    return one.values.length > 0 && one.values.every((value) => isRuledOut(value, other));
  if (other.operator === "==") return areContrary(other, one);
  return leavesNothing(one, other) || leavesNothing(other, one);
}

function isRuledOut(value: Constant, { operator, values }: Claim): boolean {
  return values.length > 0 && values.every((limit) => compare(operator, value, limit) === false);
}

/** `x > 3 && x < 2`. */
function leavesNothing(lower: Claim, upper: Claim): boolean {
  if (!lower.operator.startsWith(">") || !upper.operator.startsWith("<")) return false;
  const [least, most] = [lower.values[0], upper.values[0]];
  const isStrict = lower.operator === ">" || upper.operator === "<";
  return compare(isStrict ? "<" : "<=", least, most) === false;
}

/** The contrary of a claim; one that claims nothing where that is no claim. */
function denied(claim: Claim): Claim {
  const [value] = claim.values;
  // Only what is equal or not: nothing is below or above a NaN.
  if (claim.values.length !== 1 || (claim.operator !== "==" && claim.operator !== "!="))
    return { ...claim, operator: "==", values: [] };
  return { ...claim, operator: claim.operator === "==" ? "!=" : "==", values: [value] };
}

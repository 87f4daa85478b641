import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../types/json.js";
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

/** What is certain of a param's values before any run. */
export interface KnownParam {
  /** The only values that it can have; null for any. */
  readonly options: readonly Json[] | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** What is certain of the names of a condition whenever it is asked. */
export interface KnownFacts {
  readonly params: ReadonlyMap<string, KnownParam>;
  /** What `succeeded()` and `failed()` give; null where that depends on the run. */
  readonly succeeded: boolean | null;
  readonly failed: boolean | null;
  /** By the id of a step, the only statuses that it can have; only made for a condition that asks for one. */
  readonly statuses: () => ReadonlyMap<string, readonly string[]>;
}

/**
 * Whether a condition is true, or false, whatever the run: from its literals, and from what is certain of params and of the
 * steps before it. Null when that depends on the run, which is also the answer in all doubt.
 */
export function constantCondition(
  source: string,
  facts: KnownFacts,
  library: ExpressionLibrary,
): boolean | null {
  if (!mayBeConstant(source, facts)) return null;
  const parsed = parseExpression(source, library.functions());
  const value = parsed.ok ? fold(parsed.root, facts) : undefined;
  return typeof value === "boolean" ? value : null;
}

/** With more options than this, which one a condition leaves out is nothing that an author overlooks. */
const OPTIONS_MAX = 32;

/**
 * Whether a condition is true, or false, for every option of one of its params: `a != 1 && a != 2` of a param with these two
 * options. Null when in doubt. For what `constantCondition` does not find, as it takes each part of the condition alone.
 */
export function conditionForEachOption(
  source: string,
  facts: KnownFacts,
  library: ExpressionLibrary,
): boolean | null {
  const params = [...facts.params].filter(
    ([name, { options }]) => isFew(options) && source.split(name).length > 2,
  );
  if (params.length === 0) return null;
  const parsed = parseExpression(source, library.functions());
  if (!parsed.ok) return null;
  for (const [name, param] of params) {
    const answers = (param.options ?? []).map((option) => {
      const known = new Map(facts.params).set(name, { ...param, options: [option] });
      return fold(parsed.root, { ...facts, params: known });
    });
    const [first] = answers;
    if (typeof first === "boolean" && answers.every((answer) => answer === first)) return first;
  }
  return null;
}

function isFew(options: KnownParam["options"]): boolean {
  return options !== null && options.length > 1 && options.length <= OPTIONS_MAX;
}

/** Reading an expression once more takes time, and nearly none is constant. */
function mayBeConstant(source: string, { params, statuses }: KnownFacts): boolean {
  if (/\b(?:succeeded|failed)\s*\(/.test(source)) return true;
  if (/\.\s*status\b/.test(source) && statuses().size > 0) return true;
  if (/\b(?:true|false)\b/.test(source) || !/[A-Za-z]/.test(source.replaceAll(/"[^"]*"|'[^']*'/g, "")))
    return true;
  return params.size > 0 && /\bparams\s*\./.test(source);
}

function fold(node: ASTNode, facts: KnownFacts): Constant {
  switch (node.op) {
    case "value":
      return isPlain(node.args) ? node.args : undefined;
    case "!_":
      return denied(fold(node.args, facts));
    case "&&":
    case "||":
      return foldLogic(node.args, node.op === "||", facts);
    case "?:":
      return foldChoice(node.args, facts);
    case "call":
      return foldCall(node.args, facts);
    case "in":
      return foldMembership(node.args, facts);
    default:
      return isComparison(node) ? foldComparison(node.op, node.args, facts) : undefined;
  }
}

function denied(value: Constant): Constant {
  return typeof value === "boolean" ? !value : undefined;
}

/** One side may decide, whatever the other is, an error included. */
function foldLogic(sides: readonly ASTNode[], deciding: boolean, facts: KnownFacts): Constant {
  const values = sides.map((side) => fold(side, facts));
  if (values.includes(deciding)) return deciding;
  return values.every((value) => value === !deciding) ? !deciding : undefined;
}

/** Both cases may give the same, whatever the condition of the choice is. */
function foldChoice([condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode], facts: KnownFacts): Constant {
  const holds = fold(condition, facts);
  if (typeof holds === "boolean") return fold(holds ? yes : no, facts);
  const [one, other] = [fold(yes, facts), fold(no, facts)];
  return one === other ? one : undefined;
}

function foldCall(
  [name, args]: readonly [string, readonly ASTNode[]],
  { succeeded, failed }: KnownFacts,
): Constant {
  if (args.length > 0) return undefined;
  if (name === "succeeded") return succeeded ?? undefined;
  return name === "failed" ? (failed ?? undefined) : undefined;
}

/** `x in [1, 2]` is `x == 1 || x == 2`, as far as one text after the other tells. */
function foldMembership([item, list]: readonly ASTNode[], facts: KnownFacts): Constant {
  if (item === undefined || list?.op !== "list") return undefined;
  const options = knownOf(item, facts)?.options;
  const values = list.args.map((value) => fold(value, facts));
  if (!options || values.includes(undefined)) return undefined;
  const isIn = options.map((option) =>
    values.some((value) => compare("==", constantOf(option, value), value) === true),
  );
  return certain(!isIn.includes(false), !isIn.includes(true));
}

function foldComparison(
  operator: Comparison,
  [left, right]: readonly ASTNode[],
  facts: KnownFacts,
): Constant {
  if (left === undefined || right === undefined) return undefined;
  const [one, other] = [fold(left, facts), fold(right, facts)];
  if (one !== undefined && other !== undefined) return compare(operator, one, other);
  if (other !== undefined) return compareKnown(operator, knownOf(left, facts), other);
  return one === undefined ? undefined : compareKnown(MIRRORED[operator], knownOf(right, facts), one);
}

/** What is certain of the value of a path: a param, or the status of a step. */
function knownOf(node: ASTNode, { params, statuses }: KnownFacts): KnownParam | undefined {
  const [root, name = "", member, ...more] = pathOf(node)?.map((segment) => segment.name) ?? [];
  if (root === "params" && member === undefined) return params.get(name);
  if (root !== "steps" || member !== "status" || more.length > 0) return undefined;
  const options = statuses().get(name);
  return options === undefined ? undefined : { options, min: null, max: null };
}

/** Holds only when it holds for every value that there can be, and fails only when for none. */
function compareKnown(operator: Comparison, param: KnownParam | undefined, other: Constant): Constant {
  if (param === undefined) return undefined;
  if (param.options !== null) {
    const answers = new Set(
      param.options.map((option) => compare(operator, constantOf(option, other), other)),
    );
    const [answer] = answers;
    return answers.size === 1 ? answer : undefined;
  }
  return typeof other === "bigint" ? compareLimits(operator, param, Number(other)) : undefined;
}

function compareLimits(operator: Comparison, { min, max }: KnownParam, other: number): Constant {
  const least = min ?? -Infinity;
  const most = max ?? Infinity;
  const isOutside = other < least || other > most;
  switch (operator) {
    case "==":
      return certain(false, isOutside);
    case "!=":
      return certain(isOutside, false);
    case "<":
      return certain(most < other, least >= other);
    case "<=":
      return certain(most <= other, least > other);
    case ">":
      return certain(least > other, most <= other);
    case ">=":
      return certain(least >= other, most < other);
  }
}

function certain(holds: boolean, fails: boolean): Constant {
  if (holds) return true;
  return fails ? false : undefined;
}

/** An option as expressions have it: whole numbers are ints beside ints. */
function constantOf(option: Json, beside: Constant): Constant {
  if (typeof option === "number")
    return typeof beside === "bigint" && Number.isSafeInteger(option) ? BigInt(option) : option;
  return isPlain(option) ? option : undefined;
}

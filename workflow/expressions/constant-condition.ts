import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../types/json.js";
import type { ExpressionLibrary } from "./expression-library.js";
import { parseExpression } from "./parse-expression.js";

/** What is certain of a param's values before any run. */
export interface KnownParam {
  /** The only values that it can have; null for any. */
  readonly options: readonly Json[] | null;
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * Whether a condition is true, or false, whatever the run: from its literals and what is certain of params. Null when that
 * depends on the run, which is also the answer in all doubt.
 */
export function constantCondition(
  source: string,
  params: ReadonlyMap<string, KnownParam>,
  library: ExpressionLibrary,
): boolean | null {
  if (!mayBeConstant(source, params)) return null;
  const parsed = parseExpression(source, library.functions());
  const value = parsed.ok ? fold(parsed.root, params) : undefined;
  return typeof value === "boolean" ? value : null;
}

/** Reading an expression once more takes time, and nearly none is constant. */
function mayBeConstant(source: string, params: ReadonlyMap<string, KnownParam>): boolean {
  if (/\b(?:true|false)\b/.test(source) || !/[A-Za-z]/.test(source.replaceAll(/"[^"]*"|'[^']*'/g, "")))
    return true;
  return params.size > 0 && /\bparams\s*\./.test(source);
}

type Constant = string | number | bigint | boolean | null | undefined;

function fold(node: ASTNode, params: ReadonlyMap<string, KnownParam>): Constant {
  switch (node.op) {
    case "value":
      return isPlain(node.args) ? node.args : undefined;
    case "!_": {
      const value = fold(node.args, params);
      return typeof value === "boolean" ? !value : undefined;
    }
    case "&&":
    case "||":
      return foldLogic(node.args, node.op === "||", params);
    default:
      return isComparison(node) ? foldComparison(node.op, node.args, params) : undefined;
  }
}

function isComparison(node: ASTNode): node is ASTNode & { readonly op: Comparison } {
  return Object.hasOwn(MIRRORED, node.op);
}

/** One side may decide, whatever the other is, an error included. */
function foldLogic(
  sides: readonly ASTNode[],
  deciding: boolean,
  params: ReadonlyMap<string, KnownParam>,
): Constant {
  const values = sides.map((side) => fold(side, params));
  if (values.includes(deciding)) return deciding;
  return values.every((value) => value === !deciding) ? !deciding : undefined;
}

type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function foldComparison(
  operator: Comparison,
  [left, right]: readonly ASTNode[],
  params: ReadonlyMap<string, KnownParam>,
): Constant {
  if (left === undefined || right === undefined) return undefined;
  const [one, other] = [fold(left, params), fold(right, params)];
  if (one !== undefined && other !== undefined) return compare(operator, one, other);
  if (other !== undefined) return compareParam(operator, paramOf(left, params), other);
  return one === undefined ? undefined : compareParam(MIRRORED[operator], paramOf(right, params), one);
}

function compare(operator: Comparison, one: Constant, other: Constant): Constant {
  if (one === undefined || typeof one !== typeof other) return undefined;
  if (operator === "==") return one === other;
  if (operator === "!=") return one !== other;
  if (one === null || other === null || other === undefined || typeof one === "boolean") return undefined;
  return ORDER[operator](one, other);
}

const ORDER: Readonly<
  Record<
    Exclude<Comparison, "==" | "!=">,
    (one: string | number | bigint, other: NonNullable<Constant>) => boolean
  >
> = {
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

function paramOf(node: ASTNode, params: ReadonlyMap<string, KnownParam>): KnownParam | undefined {
  if (node.op !== ".") return undefined;
  const [object, name] = node.args;
  return object.op === "id" && object.args === "params" ? params.get(name) : undefined;
}

/** Holds only when it holds for every value that the param can have, and fails only when for none. */
function compareParam(operator: Comparison, param: KnownParam | undefined, other: Constant): Constant {
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

function isPlain(value: unknown): value is string | number | bigint | boolean | null {
  return value === null || ["string", "number", "bigint", "boolean"].includes(typeof value);
}

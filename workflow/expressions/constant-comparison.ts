import type { ASTNode } from "@marcbachmann/cel-js";

/** The value of an expression that has one whatever the run; undefined for all others. */
export type Constant = string | number | bigint | boolean | null | undefined;

/** An operator that compares two values. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** The same comparison with its sides changed. */
export const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** Whether a node compares two values. */
export function isComparison(node: ASTNode): node is ASTNode & { readonly op: Comparison } {
  return Object.hasOwn(MIRRORED, node.op);
}

/** Undefined where the two are of different types, or have no order. */
export function compare(operator: Comparison, one: Constant, other: Constant): Constant {
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

/** Whether a literal is of a type that can be compared here. */
export function isPlain(value: unknown): value is string | number | bigint | boolean | null {
  return value === null || ["string", "number", "bigint", "boolean"].includes(typeof value);
}

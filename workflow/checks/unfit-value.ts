import { compileValue } from "../compile/compile-value.js";
import type { ValueTemplate } from "../definition/value-template.js";
import { isAssignable } from "../expressions/assignability.js";
import { constantValue } from "../expressions/constant-value.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { holdsInexactNumber } from "../schema/inexact-number.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkValue } from "../types/check-value.js";
import { inferType } from "../types/infer-type.js";
import { formatValueType, type ValueType } from "../types/value-type.js";
import { valueProblem, type ValueLimits } from "./value-limits.js";

/**
 * Why no run can take a value for a param, in words (`must be at least 1`); null when one may. Expressions that hold no names are
 * held to it by what they give; of what type others are is checked where all expressions are. Numbers that are not what is written
 * are told of where they are read.
 */
export function whyUnfit(
  node: SyntaxNode,
  param: ValueLimits & { readonly type: ValueType },
  library: ExpressionLibrary,
): string | null {
  if (holdsInexactNumber(node)) return null;
  const template = compileValue(node);
  const problem = whyOfOtherType(template, param.type, library);
  if (problem !== null) return problem;
  const value = constantValue(template, library);
  // One that is of another type has been told of with its expression.
  if (value === undefined || checkValue(value, param.type) !== null) return null;
  return valueProblem(value, param);
}

/** What is wrong with what is written around expressions, and with what they give where that is known; null when nothing is. */
function whyOfOtherType(template: ValueTemplate, type: ValueType, library: ExpressionLibrary): string | null {
  switch (template.kind) {
    case "literal":
      return checkValue(template.value, type);
    case "expression":
      return whyNotOfForm(template, type, library);
    case "text":
      if (TEXTS.has(type.name)) return whyNotOfForm(template, type, library);
      return `must be ${formatValueType(type)}, is text: write one expression alone, \${{ … }}`;
    case "list":
    case "map":
      return whyOfOtherItems(template, type, library);
  }
}

function whyOfOtherItems(
  template: ValueTemplate & { readonly kind: "list" | "map" },
  type: ValueType,
  library: ExpressionLibrary,
): string | null {
  if (type.name === "json") return null;
  if (type.name !== template.kind) return `must be ${formatValueType(type)}, is a ${template.kind}`;
  const items = template.kind === "list" ? template.items : Object.values(template.entries);
  const problems = items.map((item) => whyOfOtherType(item, type.of, library));
  return problems.find((problem) => problem !== null) ?? null;
}

/** What text may be; whether it is a date or the like shows when all of it is known. */
const TEXTS: ReadonlySet<string> = new Set(["string", "json", "date", "timestamp", "duration"]);

/** A text that is to be a date or the like; what cannot be one by its type is told of with the expression. */
function whyNotOfForm(template: ValueTemplate, type: ValueType, library: ExpressionLibrary): string | null {
  const value = constantValue(template, library);
  if (value === undefined) return null;
  const isToldOf = template.kind === "expression" && !isAssignable(inferType(value), type);
  return isToldOf ? null : checkValue(value, type);
}

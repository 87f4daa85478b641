import { typeOfLiteral } from "../compile/compile-value.js";
import type { ForeachStep } from "../definition/definition.js";
import type { ValueTemplate } from "../definition/value-template.js";
import { createExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { ScopeType, TypeScope } from "../expressions/type-scope.js";
import type { TestedStep } from "../testing/tested-step.js";
import { ANY, BASE_SCOPE, INT, record } from "./expression-scope.js";

/** What the `where` of an outcome may use, as the simulator gives it: the loops around the step, and what every step sees. */
export function whereScope({ workflow, loops }: TestedStep, library: ExpressionLibrary): TypeScope {
  const params = record(Object.fromEntries(workflow.params.map(({ name, type }) => [name, type])));
  const base: TypeScope = { ...BASE_SCOPE, params, signal: ANY, signals: ANY };
  let each: Readonly<Record<string, ScopeType>> = {};
  let variables: Readonly<Record<string, ScopeType>> = {};
  for (const loop of loops) {
    if (loop.kind === "while") {
      const own = loop.vars.map(({ name, type }) => [name, type] as const);
      variables = { ...variables, ...Object.fromEntries(own) };
    } else {
      const around: TypeScope = { ...base, steps: ANY, each: record(each), loop: record(variables) };
      each = { ...each, ...itemTypes(loop, around, library), index: INT };
    }
  }
  return { ...base, each: record(each), loop: record(variables) };
}

function itemTypes(
  { over }: ForeachStep,
  around: TypeScope,
  library: ExpressionLibrary,
): Readonly<Record<string, ScopeType>> {
  return Object.fromEntries(over.map(({ variable, items }) => [variable, itemType(items, around, library)]));
}

function itemType(items: ValueTemplate, around: TypeScope, library: ExpressionLibrary): ScopeType {
  const type = typeOf(items, around, library);
  return type.name === "list" && "of" in type && type.of.name !== "json" ? type.of : ANY;
}

function typeOf(
  items: ValueTemplate,
  around: TypeScope,
  library: ExpressionLibrary,
): ReturnType<ReturnType<typeof createExpressionChecker>["check"]>["type"] {
  if (items.kind === "literal") return typeOfLiteral(items);
  if (items.kind !== "expression") return { name: "any" };
  return createExpressionChecker(around, library).check(items.source).type;
}

import type { Environment } from "@marcbachmann/cel-js";
import { TypeError as CelTypeError } from "@marcbachmann/cel-js";
import type { ValueType } from "../types/value-type.js";
import { createTimeZones } from "../types/time-zones.js";
import { isAssignable } from "./assignability.js";
import { createEnvironment } from "./cel-environment.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { withPublicNames } from "./functions/own-names.js";
import { Meter } from "./meter.js";
import { resolveNames } from "./names.js";
import type { Reference } from "./names.js";
import { parseExpression } from "./parse-expression.js";
import { createPatternMatcher } from "./pattern-matcher.js";
import type { ExpressionType, ScopeType, TypeScope } from "./type-scope.js";
import { celTypeName, formatExpressionType, fromCelTypeName } from "./type-scope.js";

export interface CheckedExpression {
  /** `any` when the expression is wrong. */
  readonly type: ExpressionType;
  readonly problems: readonly ExpressionProblem[];
  /** Every use of a name of the scope, with the members that follow it: `steps.extract.outputs.rows`. */
  readonly references: readonly Reference[];
}

/** Checks expressions that may use the same names. Making one costs as much as checking several expressions: keep it. */
export interface ExpressionChecker {
  /** `expected` is what the place takes; leave it out, or say `any`, where it takes anything. */
  check(source: string, expected?: ValueType | "any"): CheckedExpression;
}

/** A checker for the names of a scope. */
export function createExpressionChecker(scope: TypeScope): ExpressionChecker {
  const environment = createTypedEnvironment(scope);
  return { check: (source, expected = "any") => check(source, { environment, scope, expected }) };
}

/** Checks one expression: parts, names, types. Offsets are into the source. */
export function checkExpression(
  source: string,
  scope: TypeScope,
  expected: ValueType | "any" = "any",
): CheckedExpression {
  return createExpressionChecker(scope).check(source, expected);
}

interface CheckContext {
  readonly environment: Environment;
  readonly scope: TypeScope;
  readonly expected: ValueType | "any";
}

function check(source: string, context: CheckContext): CheckedExpression {
  const parsed = parseExpression(source, context.environment);
  if (!parsed.ok) return { type: { name: "any" }, problems: parsed.problems, references: [] };
  const { problems, references } = resolveNames(parsed.root, context.scope);
  if (problems.length > 0) return { type: { name: "any" }, problems, references };
  const result = parsed.program.check();
  if (!result.valid) {
    return { type: { name: "any" }, problems: [typeProblem(result.error, source)], references };
  }
  const type = fromCelTypeName(result.type ?? "dyn");
  const problem = expectationProblem(type, context.expected, source);
  return { type, problems: problem === null ? [] : [problem], references };
}

function expectationProblem(
  type: ExpressionType,
  expected: ValueType | "any",
  source: string,
): ExpressionProblem | null {
  if (expected === "any" || isAssignable(type, expected)) return null;
  const message = `Expression must give ${formatExpressionType(expected)}, gives ${formatExpressionType(type)}`;
  return { code: "expression-type", message, start: 0, end: source.length };
}

function typeProblem(error: unknown, source: string): ExpressionProblem {
  // Anything but a type error is a limit of the library's checker: the stack, or an empty list as the range of a loop.
  if (!(error instanceof CelTypeError)) {
    const message = "Expression has types that cannot be told";
    return { code: "expression-type", message, start: 0, end: source.length };
  }
  const start = error.range?.start ?? 0;
  return {
    code: "expression-type",
    message: typeMessage(error.summary),
    start,
    end: error.range?.end ?? source.length,
  };
}

function typeMessage(summary: string): string {
  const text = withPublicNames(summary)
    .replaceAll("google.protobuf.Timestamp", "timestamp")
    .replaceAll("google.protobuf.Duration", "duration")
    .replaceAll(/map<string, /g, "map<")
    .replaceAll("dyn", "any")
    .replaceAll("'", `"`)
    .replace(/^no such overload: (.*)$/, "Operator does not fit: $1")
    .replace(/^found no matching overload for /, "Function does not take these arguments: ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function createTypedEnvironment(scope: TypeScope): Environment {
  const meter = new Meter();
  const host = { meter, scope: {}, zones: createTimeZones(), matches: createPatternMatcher(meter) };
  const environment = createEnvironment(host, "declared");
  for (const [name, type] of Object.entries(scope)) {
    if (type.name === "record") environment.registerVariable({ name, schema: schemaOf(type.fields) });
    else environment.registerVariable(name, celTypeName(type));
  }
  return environment;
}

interface Schema {
  readonly [name: string]: string | Schema;
}

function schemaOf(fields: Readonly<Record<string, ScopeType>>): Schema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [
      name,
      type.name === "record" ? schemaOf(type.fields) : celTypeName(type),
    ]),
  );
}

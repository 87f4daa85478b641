import { itemsOf, valueOr } from "../schema/field-value.js";
import { canonicalJson } from "../compile/canonical-json.js";
import { compileValue, jsonOf } from "../compile/compile-value.js";
import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkValue } from "../types/check-value.js";
import type { Json } from "../types/json.js";

/** What a param says about itself fits together: default, options and limits are of its type and agree. */
export function checkParams(params: readonly MapItem<ParamFields>[], report: Report): void {
  for (const { key, value } of params) {
    const fields = value.value;
    for (const { node, range } of itemsOf(fields.options)) {
      const problem = typeProblem(node, fields);
      if (problem !== null) {
        report({ code: "invalid-param", message: `An option of "${key}" is wrong: ${problem}`, range });
      }
    }
    checkLimits(key, fields, report);
    checkDefault(key, fields, report);
  }
}

/** What is wrong with a value that a param is given, beside its type; null when nothing is. */
export function paramProblem(value: Json, { options, min, max }: ParamFields): string | null {
  return valueProblem(value, {
    options: options?.value.map(({ node }) => jsonOf(node)),
    min: min?.value,
    max: max?.value,
  });
}

/** The same of a param that is known by its options and limits. */
export function valueProblem(
  value: Json,
  { options, min = -Infinity, max = Infinity }: Limits,
): string | null {
  const allowed = options?.map((option) => canonicalJson(option));
  if (allowed !== undefined && !allowed.includes(canonicalJson(value))) {
    return `must be one of ${allowed.join(", ").slice(0, 200)}`;
  }
  if (typeof value !== "number") return null;
  if (value < min) return `must be at least ${min}`;
  return value > max ? `must be at most ${max}` : null;
}

interface Limits {
  readonly options?: readonly Json[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function checkLimits(name: string, { type, min, max }: ParamFields, report: Report): void {
  const limit = min ?? max;
  if (limit === undefined || type === undefined) return;
  if (type.value.name !== "int" && type.value.name !== "double") {
    const message = `Only an int or a double has "min" and "max"; "${name}" is ${type.value.name}`;
    report({ code: "invalid-param", message, range: limit.keyRange });
  } else if (valueOr(min, -Infinity) > valueOr(max, Infinity)) {
    report({ code: "invalid-param", message: `"min" of "${name}" is larger than "max"`, range: limit.range });
  }
}

function checkDefault(name: string, fields: ParamFields, report: Report): void {
  const { default: written } = fields;
  if (written === undefined) return;
  const compiled = compileValue(written.node);
  // An expression is checked where all expressions are.
  if (compiled.kind !== "literal") return;
  const problem = typeProblem(written.node, fields) ?? paramProblem(compiled.value, fields);
  if (problem === null) return;
  report({
    code: "invalid-param",
    message: `The default of "${name}" is wrong: ${problem}`,
    range: written.range,
  });
}

function typeProblem(node: SyntaxNode, { type }: ParamFields): string | null {
  return type === undefined ? null : checkValue(jsonOf(node), type.value);
}

import { itemsOf } from "../schema/field-value.js";
import { compileValue, jsonOf } from "../compile/compile-value.js";
import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkValue } from "../types/check-value.js";
import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";

/** What a param says about itself fits together: default, options and limits are of its type and agree. */
export function checkParams(params: readonly MapItem<ParamFields>[], report: Report): void {
  for (const { key, value } of params) {
    const { type, options, min, max } = value.value;
    if (type === undefined) continue;
    for (const option of itemsOf(options))
      checkOfType(`An option of "${key}"`, option.node, type.value, report);
    const isNumber = type.value.name === "int" || type.value.name === "double";
    const limit = min ?? max;
    if (limit !== undefined && !isNumber) {
      const message = `Only an int or a double has "min" and "max"; "${key}" is ${type.value.name}`;
      report({ code: "invalid-param", message, range: limit.keyRange });
    } else if (min !== undefined && max !== undefined && min.value > max.value) {
      report({ code: "invalid-param", message: `"min" of "${key}" is larger than "max"`, range: min.range });
    }
    checkDefault(key, value.value, report);
  }
}

/** What is wrong with a value that a param is given, beside its type; null when nothing is. */
export function paramProblem(value: Json, { options, min, max }: ParamFields): string | null {
  const allowed = options?.value.map(({ node }) => jsonOf(node));
  const isAllowed = allowed?.some((option) => JSON.stringify(option) === JSON.stringify(value)) ?? true;
  if (!isAllowed)
    return `must be one of ${(allowed ?? [])
      .map((option) => JSON.stringify(option))
      .join(", ")
      .slice(0, 200)}`;
  if (typeof value !== "number") return null;
  if (min !== undefined && value < min.value) return `must be at least ${min.value}`;
  return max !== undefined && value > max.value ? `must be at most ${max.value}` : null;
}

function checkDefault(name: string, fields: ParamFields, report: Report): void {
  const { default: written, type } = fields;
  if (written === undefined || type === undefined) return;
  const compiled = compileValue(written.node);
  // An expression is checked where all expressions are.
  if (compiled.kind !== "literal") return;
  if (!checkOfType(`The default of "${name}"`, written.node, type.value, report)) return;
  const problem = paramProblem(compiled.value, fields);
  if (problem !== null)
    report({ code: "invalid-param", message: `The default of "${name}" ${problem}`, range: written.range });
}

function checkOfType(what: string, node: SyntaxNode, type: ValueType, report: Report): boolean {
  const problem = checkValue(jsonOf(node), type);
  if (problem !== null)
    report({ code: "invalid-param", message: `${what} is wrong: ${problem}`, range: node.range });
  return problem === null;
}

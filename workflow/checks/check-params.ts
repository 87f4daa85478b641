import { itemsOf, valueOr } from "../schema/field-value.js";
import { jsonOf } from "../compile/compile-value.js";
import type { Report } from "../diagnostics/report.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { MapItem } from "../schema/collections.js";
import { holdsInexactNumber } from "../schema/inexact-number.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkValue } from "../types/check-value.js";
import { whyUnfit } from "./unfit-value.js";

/** What a param says about itself fits together: default, options and limits are of its type and agree. */
export function checkParams(params: readonly MapItem<ParamFields>[], { report, library }: ParamCheck): void {
  for (const { key, value } of params) {
    const fields = value.value;
    for (const { node, range } of itemsOf(fields.options)) {
      const problem = typeProblem(node, fields);
      if (problem !== null) {
        report({ code: "invalid-param", message: `An option of "${key}" is wrong: ${problem}`, range });
      }
    }
    checkLimits(key, fields, report);
    checkDefault(key, fields, { report, library });
  }
}

interface ParamCheck {
  readonly report: Report;
  readonly library: ExpressionLibrary;
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

function checkDefault(name: string, fields: ParamFields, { report, library }: ParamCheck): void {
  const { default: written, type, options, min, max } = fields;
  if (written === undefined) return;
  const problem = whyUnfit(
    written.node,
    {
      type: type?.value ?? { name: "json" },
      options: options?.value.map(({ node }) => jsonOf(node)),
      min: min?.value,
      max: max?.value,
    },
    library,
  );
  if (problem === null) return;
  report({
    code: "invalid-param",
    message: `The default of "${name}" is wrong: ${problem}`,
    range: written.range,
  });
}

function typeProblem(node: SyntaxNode, { type }: ParamFields): string | null {
  return type === undefined || holdsInexactNumber(node) ? null : checkValue(jsonOf(node), type.value);
}

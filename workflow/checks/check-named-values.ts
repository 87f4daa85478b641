import { jsonOf } from "../compile/compile-value.js";
import type { ParamDefinition } from "../definition/definition.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import { holdsInexactNumber } from "../schema/inexact-number.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkValue } from "../types/check-value.js";
import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";
import { valueProblem } from "./value-limits.js";

type Values = readonly MapItem<SyntaxNode>[];

/** The values that a test gives params: each exists, and the value is one that it may have. */
export function checkGivenParams(values: Values, params: readonly ParamDefinition[], report: Report): void {
  const byName = new Map(params.map((param) => [param.name, param]));
  checkNamedValues(
    values,
    {
      owner: "The workflow",
      what: "param",
      code: "unknown-param",
      names: byName.keys(),
      problemOf: (name, value) => {
        const param = byName.get(name);
        return param === undefined ? null : (checkValue(value, param.type) ?? valueProblem(value, param));
      },
    },
    report,
  );
}

/** The outputs of a step that a test gives or expects: each is declared, and the value of its type. */
export function checkStepOutputs(
  values: Values,
  step: {
    readonly path: string;
    readonly outputs: Readonly<Record<string, ValueType>>;
    /** Null is expected of an output that is not there. */
    readonly takesNull: boolean;
  },
  report: Report,
): void {
  checkNamedValues(
    values,
    {
      owner: `Step "${step.path}"`,
      what: "output",
      code: "unknown-output",
      names: Object.keys(step.outputs),
      problemOf: (name, value) => {
        const type = step.outputs[name];
        return type === undefined || (value === null && step.takesNull) ? null : checkValue(value, type);
      },
    },
    report,
  );
}

interface Declared {
  readonly owner: string;
  readonly what: "param" | "output";
  readonly code: "unknown-param" | "unknown-output";
  readonly names: Iterable<string>;
  readonly problemOf: (name: string, value: Json) => string | null;
}

function checkNamedValues(
  values: Values,
  { owner, what, code, names, problemOf }: Declared,
  report: Report,
): void {
  const known = new Set(names);
  for (const { key, keyRange, value } of values) {
    if (!known.has(key)) {
      const near = suggestion(key, known);
      const message = `${owner} has no ${what} "${key}"${near.text}`;
      const { nearest } = near.data;
      report({
        code,
        message,
        range: keyRange,
        ...(nearest === undefined ? {} : writeInstead(nearest, keyRange)),
      });
      continue;
    }
    const problem = holdsInexactNumber(value.node) ? null : problemOf(key, jsonOf(value.node));
    if (problem !== null)
      report({ code: "wrong-type", message: `The ${what} "${key}" ${problem}`, range: value.range });
  }
}

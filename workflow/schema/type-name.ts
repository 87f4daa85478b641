import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { ScalarNode } from "../syntax/syntax-node.js";
import { parseValueType, SCALAR_TYPES, typeMeantBy, type ValueType } from "../types/value-type.js";
import { plainScalarOf, shortened } from "./scalars.js";
import { located, type Schema } from "./schema.js";

const FORM = "one of string, int, double, bool, date, timestamp, duration, json, list<…>, map<…>";
const ANYTHING: ValueType = { name: "json" };

/**
 * A type of the language, such as `list<string>`. One that does not exist is reported and read as what was meant, or as
 * `json`, which fits everything: what uses it is not told the same mistake again.
 */
export const valueType: Schema<ValueType> = {
  shape: {
    kind: "text",
    form: FORM,
    pattern: String.raw`^\s*(?:(?:list|map)\s*<\s*)*(?:${SCALAR_TYPES.join("|")})(?:\s*>)*\s*$`,
    expressions: false,
    examples: ["string", "int", "list<string>", "map<double>"],
  },
  read: (node, report) => {
    const scalar = plainScalarOf("a type", node, report);
    return scalar && located(node, parseValueType(scalar.text) ?? readMeant(scalar, report));
  },
};

function readMeant({ text: written, range }: ScalarNode, report: Report): ValueType {
  const alias = typeMeantBy(written);
  const near = suggestion(written, SCALAR_TYPES);
  const meant = alias ?? near.data["nearest"];
  const hint = alias === null ? near.text || `: write ${FORM}` : `. Here it is "${alias}"`;
  const mend = meant === undefined ? {} : writeInstead(meant, range);
  report({ code: "invalid-type", message: `"${shortened(written)}" is not a type${hint}`, range, ...mend });
  return (meant === undefined ? null : parseValueType(meant)) ?? ANYTHING;
}

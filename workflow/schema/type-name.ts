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
  const meant = alias ?? typeNear(written);
  const didYouMean = meant === null ? `: write ${FORM}` : `. Did you mean "${meant}"?`;
  const hint = alias === null ? didYouMean : `. Here it is "${alias}"`;
  const mend = meant === null ? {} : writeInstead(meant, range);
  report({ code: "invalid-type", message: `"${shortened(written)}" is not a type${hint}`, range, ...mend });
  return (meant === null ? null : parseValueType(meant)) ?? ANYTHING;
}

/** The type with the nearest name, in whatever list or map it is. */
function typeNear(written: string): string | null {
  const [, before = "", name = written, after = ""] =
    /^((?:(?:list|map)\s*<\s*)*)([\w-]+)((?:\s*>)*)$/.exec(written.slice(0, 200).trim()) ?? [];
  const nearest = suggestion(name, SCALAR_TYPES).data["nearest"];
  return nearest === undefined ? null : before + nearest + after;
}

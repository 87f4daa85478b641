import type { MatchOperator } from "../definition/definition.js";
import { anyValue, either, list, valueMap, type MapItem } from "./collections.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { key, record, type Key } from "./record.js";
import { text } from "./scalars.js";
import { narrowed, withPattern, type Schema, type Shape } from "./schema.js";

/** The conditions that a param of a signal may have to meet, beside being equal to a value. For each key that holds them: the reference describes them apart. */
const conditionKeys = {
  eq: key(anyValue, "Equal to this."),
  ne: key(anyValue, "Not equal to this; a param that is not there is not."),
  gt: key(anyValue, "Greater: numbers are compared with numbers, texts with texts."),
  gte: key(anyValue, "Greater or equal."),
  lt: key(anyValue, "Less."),
  lte: key(anyValue, "Less or equal."),
  in: key(
    either("a list of values", {
      scalar: withPattern(text("a list of values", { expressions: true }), /\$\{\{/),
      list: list("a list of values", anyValue),
    }),
    "One of these.",
  ),
} satisfies Readonly<Record<MatchOperator, Key<unknown>>>;

/** What a signal's params must be: values, or conditions by operator, which `matchConditions` reads and a check holds to its operators. */
export function matchSchema(what: string): Schema<readonly MapItem<SyntaxNode>[]> {
  const { shape: conditions } = record("conditions", conditionKeys);
  const of: Shape = { kind: "either", of: [{ kind: "any", isNoMap: true }, conditions] };
  return narrowed(valueMap(what), (shape) => (shape.kind === "map" ? { ...shape, of } : shape));
}

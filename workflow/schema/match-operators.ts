import type { MatchOperator } from "../definition/definition.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { MapItem } from "./collections.js";
import { itemsOf } from "./field-value.js";
import type { Located } from "./schema.js";

/** The condition that `match` puts on one param when it is more than a value that it must equal. */
export const MATCH_OPERATORS = ["eq", "ne", "gt", "gte", "lt", "lte", "in"] as const;

/** One condition of a `match`, as written. */
export interface MatchCondition {
  readonly param: string;
  readonly paramRange: TextRange;
  readonly operator: MatchOperator;
  readonly node: SyntaxNode;
}

/** The conditions of a `match`; an operator that there is not is left out, which a check reports. */
export function matchConditions(
  match: Located<readonly MapItem<SyntaxNode>[]> | undefined,
): readonly MatchCondition[] {
  return itemsOf(match).flatMap(
    ({ key: param, keyRange: paramRange, value: { node } }): readonly MatchCondition[] => {
      if (node.kind !== "map") return [{ param, paramRange, operator: "eq", node }];
      return node.entries.flatMap(({ key, value }) => {
        const operator = MATCH_OPERATORS.find((known) => known === key);
        return operator === undefined ? [] : [{ param, paramRange, operator, node: value }];
      });
    },
  );
}

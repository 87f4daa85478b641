import { compileValue } from "../compile/compile-value.js";
import type { SignalMatch } from "../definition/definition.js";
import { satisfiesMatch } from "../definition/signal-match.js";
import type { MatchCondition } from "../schema/match-operators.js";
import type { Json } from "../types/json.js";

type KnownCondition = Pick<SignalMatch, "operator" | "value">;

/** Whether some value meets all conditions of one param; what an expression gives is not known, so it may be met. */
export function canBeMet(conditions: readonly MatchCondition[]): boolean {
  const known = conditions.flatMap(({ operator, node }): readonly KnownCondition[] => {
    const compiled = compileValue(node);
    // What is no list has been told of.
    if (compiled.kind !== "literal" || (operator === "in" && node.kind !== "list")) return [];
    return [{ operator, value: compiled.value }];
  });
  const named = known.find(({ operator }) => operator === "eq" || operator === "in");
  if (named === undefined) return haveRoom(known);
  const values = named.operator === "in" && Array.isArray(named.value) ? named.value : [named.value];
  return values.some((value: Json) => known.every((condition) => satisfiesMatch(value, condition)));
}

/** Bounds leave room between them. */
function haveRoom(known: readonly KnownCondition[]): boolean {
  const least = known.filter(({ operator }) => operator === "gt" || operator === "gte");
  const most = known.filter(({ operator }) => operator === "lt" || operator === "lte");
  return least.every((low) =>
    most.every((high) => {
      const isOpen = low.operator === "gt" || high.operator === "lt";
      return satisfiesMatch(low.value, { operator: isOpen ? "lt" : "lte", value: high.value });
    }),
  );
}

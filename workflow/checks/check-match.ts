import { compileValue } from "../compile/compile-value.js";
import type { SignalMatch } from "../definition/definition.js";
import { satisfiesMatch } from "../definition/signal-match.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import type { Field } from "../schema/record.js";
import { MATCH_OPERATORS, matchConditions, type MatchCondition } from "../schema/match-operators.js";
import { describeNode, type SyntaxNode } from "../syntax/syntax-node.js";
import type { Json } from "../types/json.js";
import { mayHoldExpression } from "./check-site.js";

/** A map in a `match` is one of conditions, and some signal can meet those of each param. */
export function checkMatch(match: Field<readonly MapItem<SyntaxNode>[]> | undefined, report: Report): void {
  if (match === undefined) return;
  for (const item of match.value) {
    checkOperators(item.value.node, report);
    if (canHold(matchConditions({ ...match, value: [item] }))) continue;
    const message = `No value of "${item.key}" is like that: no signal ever matches`;
    report({ code: "condition-always-false", message, range: item.keyRange });
  }
}

function checkOperators(node: SyntaxNode, report: Report): void {
  const entries = node.kind === "map" ? node.entries : [];
  for (const { key, keyRange, value: operand } of entries) {
    if (key === "in" && operand.kind !== "list" && !mayHoldExpression(operand)) {
      const message = `"in" takes a list of values, found ${describeNode(operand)}: nothing is in that`;
      report({ code: "wrong-type", message, range: operand.range });
    }
    if (MATCH_OPERATORS.some((operator) => operator === key)) continue;
    const near = suggestion(key, MATCH_OPERATORS);
    const use = near.text === "" ? `: use ${MATCH_OPERATORS.join(", ")}` : near.text;
    const message = `"${key}" is not a condition${use}`;
    report({ code: "unknown-value", message, range: keyRange });
  }
}

type KnownCondition = Pick<SignalMatch, "operator" | "value">;

/** Whether some value meets all of them; what an expression gives is not known, so it may be met. */
function canHold(conditions: readonly MatchCondition[]): boolean {
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

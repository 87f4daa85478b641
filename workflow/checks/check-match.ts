import { suggestion } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import type { Field } from "../schema/record.js";
import { MATCH_OPERATORS, matchConditions } from "../schema/match-operators.js";
import { describeNode, type SyntaxNode } from "../syntax/syntax-node.js";
import { mayHoldExpression } from "./check-site.js";
import { canBeMet } from "./met-conditions.js";

/** A map in a `match` is one of conditions, and some signal can meet those of each param. */
export function checkMatch(match: Field<readonly MapItem<SyntaxNode>[]> | undefined, report: Report): void {
  if (match === undefined) return;
  for (const item of match.value) {
    checkOperators(item.value.node, report);
    if (canBeMet(matchConditions({ ...match, value: [item] }))) continue;
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

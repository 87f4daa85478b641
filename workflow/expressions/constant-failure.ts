import { serialize, type ASTNode } from "@marcbachmann/cel-js";
import type { Evaluator } from "./evaluate.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { withPublicNames } from "./functions/own-names.js";
import { TIMESTAMP_PARTS } from "./functions/timestamp-parts.js";
import { childrenOf } from "./syntax-tree.js";

/** What can fail on values of the right types, such as large numbers; most expressions have none of it. */
const MAY_FAIL =
  /[/%[{]|\d{7}|\.\s*value\s*\(|\bsubstring\s*\(|\b(?:int|double|bool|duration|timestamp|date|datetime|parse_json|format_date|range|date_range|days_between|matches|get[A-Z]\w+)\s*\(/;

/**
 * Parts of an expression that hold no names and fail whenever they are evaluated, such as `int("x")`, an index behind the end
 * of a list, or a division by 0; and patterns that are none. Each is told at the smallest part that fails.
 */
export function constantFailures(
  root: ASTNode,
  source: string,
  evaluator: () => Evaluator,
): readonly ExpressionProblem[] {
  if (!MAY_FAIL.test(source)) return [];
  const problems: ExpressionProblem[] = [];
  if (visit(root, evaluator, problems)) reportIfFailing(root, evaluator, problems);
  return problems;
}

/** Whether a node is constant. Of one that is not, the largest constant parts have been asked. */
function visit(node: ASTNode, evaluator: () => Evaluator, problems: ExpressionProblem[]): boolean {
  if (node.op === "value") return true;
  // The name before `optional.none()` is no value of a run.
  if (node.op === "id") return node.args === "optional";
  const children = childrenOf(node);
  const constant = children.map((child) => visit(child, evaluator, problems));
  if (!constant.includes(false) && !asksForTheRun(node)) return true;
  for (const [index, child] of children.entries()) {
    if (constant[index] === true) reportIfFailing(child, evaluator, problems);
  }
  reportBadPart(node, evaluator, problems);
  return false;
}

/** A function without arguments, such as `succeeded()`, depends on the run. */
function asksForTheRun(node: ASTNode): boolean {
  return node.op === "call" && node.args[1].length === 0;
}

/** True when it fails. A part of it that fails by itself is the one to tell of. */
function reportIfFailing(node: ASTNode, evaluator: () => Evaluator, problems: ExpressionProblem[]): boolean {
  if (node.op === "value") return false;
  const result = evaluator().evaluate(written(node), {});
  if (result.ok) return false;
  const isPart = childrenOf(node).some((child) => reportIfFailing(child, evaluator, problems));
  if (!isPart) problems.push(failure(node, result.message));
  return true;
}

/** What fails whatever the other part is: an int divided by 0, a text matched with a pattern that is none. */
function reportBadPart(node: ASTNode, evaluator: () => Evaluator, problems: ExpressionProblem[]): void {
  if (dividesByZero(node)) problems.push(failure(node, "division by zero"));
  if (node.op === "[]" && node.args[0].op !== "map" && isNegative(node.args[1])) {
    const message = "a list has no element before its first: the last is list[size(list) - 1]";
    problems.push(failure(node.args[1], message));
  }
  const tried = triedWithStandIn(node);
  const trial = tried && evaluator().evaluate(tried.source, {});
  if (tried && trial?.ok === false) problems.push(failure(tried.culprit, trial.message));
}

function dividesByZero(node: ASTNode): boolean {
  if (node.op !== "/" && node.op !== "%") return false;
  const [, divisor] = node.args;
  return divisor.op === "value" && divisor.args === 0n;
}

function isNegative(node: ASTNode): boolean {
  if (node.op === "-_") return node.args.op === "value" && typeof node.args.args === "bigint";
  return node.op === "value" && typeof node.args === "bigint" && node.args < 0n;
}

/** For the first argument, which depends on the run, of functions whose others may fail by themselves: a time zone, a format, a pattern. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ...["date", "format_date", ...TIMESTAMP_PARTS.map(({ name }) => name)].map(
    (name) => [name, 'timestamp("2026-01-01T00:00:00Z")'] as const,
  ),
  ["datetime", '"2026-01-01"'],
  ["matches", '""'],
]);

/** A call whose other arguments are all written out, with a stand-in for the first. */
function triedWithStandIn(node: ASTNode): { readonly source: string; readonly culprit: ASTNode } | null {
  if (node.op !== "call" && node.op !== "rcall") return null;
  const name = withPublicNames(node.args[0]);
  const standIn = STAND_INS.get(name);
  const others = node.op === "rcall" ? node.args[2] : node.args[1].slice(1);
  const [culprit, second] = others;
  if (standIn === undefined || culprit === undefined || !others.every(({ op }) => op === "value"))
    return null;
  const given = others.map(written).join(", ");
  const source = node.op === "rcall" ? `${standIn}.${name}(${given})` : `${name}(${standIn}, ${given})`;
  return { source, culprit: second === undefined ? culprit : node };
}

/** A part as a source. The library writes a large double as `1e+300.0`, which nobody can read. */
export function written(node: ASTNode): string {
  return withPublicNames(serialize(node)).replaceAll(/\b(\d+e[+-]\d+)\.0\b/g, "$1");
}

function failure({ start, end }: ASTNode, message: string): ExpressionProblem {
  return { code: "expression-fails", message: `This fails in every run: ${message}`, start, end };
}

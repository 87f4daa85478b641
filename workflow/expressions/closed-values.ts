import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestName } from "../diagnostics/nearest-name.js";
import { RUN_TRIGGERS } from "../model/run-triggers.js";
import { STEP_STATUSES } from "../model/step-statuses.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { pathOf } from "./names.js";
import { childrenOf, loopOf } from "./syntax-tree.js";

/** Finds texts that something is compared with which it can never be: `steps.load.status == "suceeded"`. */
export function impossibleComparisons(root: ASTNode): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  visit(root, problems);
  return problems;
}

function visit(node: ASTNode, problems: ExpressionProblem[]): void {
  for (const { known, literal } of comparisonsOf(node)) {
    const problem = problemOf(literal, known);
    if (problem !== null) problems.push(problem);
  }
  const loop = loopOf(node);
  const shadows = loop?.variable.op === "id" && Object.hasOwn(ROOTS, loop.variable.args);
  for (const child of shadows ? [loop.range] : childrenOf(node)) visit(child, problems);
}

interface ClosedSet {
  /** ` is no status of a step`, after the text. */
  readonly what: string;
  readonly values: readonly string[];
}

const STATUS: ClosedSet = { what: "is no status of a step", values: STEP_STATUSES };
const TRIGGER: ClosedSet = { what: "starts no run", values: RUN_TRIGGERS };

/** What begins the paths of closed sets. */
const ROOTS = { steps: STATUS, run: TRIGGER } as const;

interface Comparison {
  readonly known: ClosedSet;
  readonly literal: ASTNode;
}

function comparisonsOf(node: ASTNode): readonly Comparison[] {
  if (node.op === "in") {
    const [item, list] = node.args;
    const known = closedSetOf(item);
    return known === null || list.op !== "list" ? [] : list.args.map((literal) => ({ known, literal }));
  }
  if (node.op !== "==" && node.op !== "!=") return [];
  const [left, right] = node.args;
  const [known, literal] = left.op === "value" ? [closedSetOf(right), left] : [closedSetOf(left), right];
  return known === null ? [] : [{ known, literal }];
}

function closedSetOf(node: ASTNode): ClosedSet | null {
  const [root, second, third, ...more] = pathOf(node)?.map(({ name }) => name) ?? [];
  if (root === "run" && second === "trigger" && third === undefined) return TRIGGER;
  return root === "steps" && third === "status" && more.length === 0 ? STATUS : null;
}

function problemOf(literal: ASTNode, { what, values }: ClosedSet): ExpressionProblem | null {
  if (literal.op !== "value" || typeof literal.args !== "string" || values.includes(literal.args))
    return null;
  const nearest = nearestName(literal.args, values);
  const hint = nearest === null ? `: it is one of ${values.join(", ")}` : `; did you mean "${nearest}"?`;
  const { start, end } = literal.range;
  return { code: "unknown-value", message: `"${literal.args}" ${what}${hint}`, start, end };
}

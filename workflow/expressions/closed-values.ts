import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestName } from "../diagnostics/nearest-name.js";
import { RUN_TRIGGERS } from "../model/run-triggers.js";
import { STEP_STATUSES } from "../model/step-statuses.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { comparisonsIn, type LiteralComparison } from "./literal-comparisons.js";

/** The texts that a value of the scope is compared with: those of `run.environment == "prod"` for `["run", "environment"]`. */
export function textsComparedWith(
  root: ASTNode,
  path: readonly string[],
): readonly { readonly text: string; readonly start: number; readonly end: number }[] {
  const wanted = path.join(".");
  const found = comparisonsIn(root, (names) => (names.join(".") === wanted ? true : null));
  return found
    .filter(asksForEqual)
    .flatMap(({ literal: { op, args, range } }) =>
      op === "value" && typeof args === "string" ? [{ text: args, ...range }] : [],
    );
}

/** Finds texts that something is compared with which it can never be: `steps.load.status == "suceeded"`. */
export function impossibleComparisons(root: ASTNode): readonly ExpressionProblem[] {
  return comparisonsIn(root, closedSetOf)
    .filter(asksForEqual)
    .flatMap(({ known, literal }) => problemOf(literal, known) ?? []);
}

function asksForEqual({ operator }: LiteralComparison<unknown>): boolean {
  return operator === "==" || operator === "!=" || operator === "in";
}

interface ClosedSet {
  /** ` is no status of a step`, after the text. */
  readonly what: string;
  readonly values: readonly string[];
}

const STATUS: ClosedSet = { what: "is no status of a step", values: STEP_STATUSES };
const TRIGGER: ClosedSet = { what: "starts no run", values: RUN_TRIGGERS };

function closedSetOf([root, second, third, ...more]: readonly string[]): ClosedSet | null {
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

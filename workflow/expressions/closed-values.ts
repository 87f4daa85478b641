import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestName } from "../diagnostics/nearest-name.js";
import { RUN_TRIGGERS } from "../model/run-triggers.js";
import { STEP_STATUSES } from "../model/step-statuses.js";
import { isDate } from "../types/instant.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { pathOf, typeAt } from "./names.js";
import { childrenOf, loopOf } from "./syntax-tree.js";
import type { TypeScope } from "./type-scope.js";

/** The texts that a value of the scope is compared with: those of `run.environment == "prod"` for `["run", "environment"]`. */
export function textsComparedWith(
  root: ASTNode,
  path: readonly string[],
): readonly { readonly text: string; readonly start: number; readonly end: number }[] {
  const wanted = path.join(".");
  const found = comparisonsIn(root, (names) => (names.join(".") === wanted ? true : null));
  return found.flatMap(({ literal: { op, args, range } }) =>
    op === "value" && typeof args === "string" ? [{ text: args, ...range }] : [],
  );
}

/** Finds texts that something is compared with which it can never be: `steps.load.status == "suceeded"`. */
export function impossibleComparisons(root: ASTNode): readonly ExpressionProblem[] {
  return comparisonsIn(root, closedSetOf).flatMap(({ known, literal }) => problemOf(literal, known) ?? []);
}

/** Finds texts that a date is compared with and that are none: the two can never be equal. */
export function comparisonsWithNoDate(root: ASTNode, scope: TypeScope): readonly ExpressionProblem[] {
  const isOfDate = (names: readonly string[]): true | null =>
    typeAt(names, scope)?.name === "date" ? true : null;
  return comparisonsIn(root, isOfDate).flatMap(({ literal: { op, args, range } }) =>
    op === "value" && typeof args === "string" && !isDate(args)
      ? [{ code: "unknown-value", message: `${JSON.stringify(args)} is no date: write YYYY-MM-DD`, ...range }]
      : [],
  );
}

/** What is known of a value by the names of its path; null when nothing is. */
type KnownOfPath<T> = (names: readonly string[]) => T | null;

function comparisonsIn<T>(node: ASTNode, knownOf: KnownOfPath<T>): readonly Comparison<T>[] {
  const loop = loopOf(node);
  const shadows = loop?.variable.op === "id" && Object.hasOwn(ROOTS, loop.variable.args);
  const within = shadows ? [loop.range] : childrenOf(node);
  return [...comparisonsOf(node, knownOf), ...within.flatMap((child) => comparisonsIn(child, knownOf))];
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

interface Comparison<T> {
  readonly known: T;
  readonly literal: ASTNode;
}

function comparisonsOf<T>(node: ASTNode, knownOf: KnownOfPath<T>): readonly Comparison<T>[] {
  const known = (part: ASTNode): T | null => knownOf(pathOf(part)?.map(({ name }) => name) ?? []);
  if (node.op === "in") {
    const [item, list] = node.args;
    const ofItem = known(item);
    return ofItem === null || list.op !== "list"
      ? []
      : list.args.map((literal) => ({ known: ofItem, literal }));
  }
  if (node.op !== "==" && node.op !== "!=") return [];
  const [left, right] = node.args;
  const [ofSide, literal] = left.op === "value" ? [known(right), left] : [known(left), right];
  return ofSide === null ? [] : [{ known: ofSide, literal }];
}

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

import { bareExpression } from "../compile/compile-value.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { StepNode } from "../model/step-tree.js";

/** A step that another one needs, where it says so. */
export interface Need {
  readonly node: StepNode;
  readonly range: TextRange;
}

/** Why what a step needs can never be, and where it stands. */
export interface NeverTogether {
  readonly message: string;
  readonly range: TextRange;
}

/** The conditions that must have been true when a step has succeeded: its own, and those of what it needs so, at any distance. */
export type RequiredConditions = (step: StepNode) => readonly Required[];

interface Required {
  readonly node: StepNode;
  /** In one spelling. */
  readonly condition: string;
}

/** So many of a step are held against those of others; more would make long chains dear and find nothing else. */
const KEPT_MAX = 16;

/** Each step is asked once. */
export function createRequiredConditions(): RequiredConditions {
  const known = new Map<StepNode, readonly Required[]>();
  return function conditionsOf(step): readonly Required[] {
    const found = known.get(step);
    if (found !== undefined) return found;
    // A circle, which is another finding, ends here.
    known.set(step, []);
    const own = conditionOf(step);
    const needed = asksSuccess(step) ? step.needs.flatMap(conditionsOf) : [];
    const all = [...(own === null ? [] : [{ node: step, condition: own }]), ...new Set(needed)];
    const kept = all.slice(0, KEPT_MAX);
    known.set(step, kept);
    return kept;
  };
}

/** Why a step that asks all its needs to have succeeded never runs: two of the conditions exclude each other. */
export function exclusiveReason(
  step: StepNode,
  needs: readonly Need[],
  conditionsOf: RequiredConditions,
): NeverTogether | null {
  return contraryBranches(step, needs, conditionsOf) ?? contraryNeed(step, needs, conditionsOf);
}

function contraryBranches(
  { id }: StepNode,
  needs: readonly Need[],
  conditionsOf: RequiredConditions,
): NeverTogether | null {
  if (needs.length < 2) return null;
  const seen = new SeenConditions();
  for (const { node, range } of needs) {
    const conditions = conditionsOf(node);
    for (const { node: one, condition } of conditions) {
      const other = seen.contraryOf(condition);
      if (other === undefined) continue;
      const message = `"${other.id}" and "${one.id}" never both run, so "${id}" is always skipped: say "require: any_succeeded" to join branches`;
      return { message, range };
    }
    for (const each of conditions) seen.add(each);
  }
  return null;
}

/** A step whose own condition is the contrary of that of a step which must have run before it. */
function contraryNeed(
  step: StepNode,
  needs: readonly Need[],
  conditionsOf: RequiredConditions,
): NeverTogether | null {
  const own = conditionOf(step);
  if (own === null) return null;
  for (const { node, range } of needs) {
    const seen = new SeenConditions();
    for (const each of conditionsOf(node)) seen.add(each);
    const contrary = seen.contraryOf(own);
    if (contrary === undefined) continue;
    const { id } = contrary;
    const message = `"${id}" never runs when the condition of "${step.id}" is true, so "${step.id}" is always skipped: leave out the need, or say "require: all_finished"`;
    return { message, range };
  }
  return null;
}

function asksSuccess({ fields }: StepNode): boolean {
  return (fields.require?.value ?? "all_succeeded") === "all_succeeded";
}

function conditionOf({ fields }: StepNode): string | null {
  const written = fields.if?.value;
  return written === undefined ? null : bareExpression(written).replaceAll(/\s+/g, " ");
}

/** Conditions that hold together, by what would contradict them: looking one up costs the same however many there are. */
class SeenConditions {
  readonly #written = new Map<string, StepNode>();
  /** By what stands behind their `!`. */
  readonly #negated = new Map<string, StepNode>();
  /** By the path and the operator, then by the value. */
  readonly #compared = new Map<string, Map<string, StepNode>>();

  add({ node, condition }: Required): void {
    this.#written.set(condition, node);
    const inner = negated(condition);
    if (inner !== null) this.#negated.set(inner, node);
    const { path, operator, value } = comparisonOf(condition) ?? {};
    if (path === undefined || value === undefined) return;
    const values = this.#compared.get(`${path} ${operator}`) ?? new Map<string, StepNode>();
    this.#compared.set(`${path} ${operator}`, values.set(value, node));
  }

  /** A step whose condition is plainly the contrary, or asks the same thing to be of another value. */
  contraryOf(condition: string): StepNode | undefined {
    const inner = negated(condition);
    return (
      this.#negated.get(condition) ??
      (inner === null ? undefined : this.#written.get(inner)) ??
      this.#otherValue(condition)
    );
  }

  #otherValue(condition: string): StepNode | undefined {
    const { path, operator, value } = comparisonOf(condition) ?? {};
    if (path === undefined || value === undefined) return undefined;
    const equal = this.#compared.get(`${path} ==`) ?? new Map<string, StepNode>();
    if (operator === "!=") return equal.get(value);
    const others = [...equal].find(([other]) => other !== value);
    return others?.[1] ?? this.#compared.get(`${path} !=`)?.get(value);
  }
}

interface Comparison {
  readonly path: string;
  readonly operator: string;
  readonly value: string;
}

function comparisonOf(condition: string): Comparison | null {
  const [, path = "", operator = "", quoted] = COMPARISON.exec(condition) ?? [];
  return quoted === undefined ? null : { path, operator, value: quoted.slice(1, -1) };
}

const COMPARISON = /^((?:params|steps|run|signal)\.[\w.]+) ([=!]=) ("[^"\\]*"|'[^'\\]*')$/;

/** What stands behind a `!`, where that is all. */
function negated(condition: string): string | null {
  const [, inner, path] = /^!\s*(?:\((.*)\)|([\w.]+))$/.exec(condition) ?? [];
  if (path !== undefined) return path;
  // Only when the first parenthesis is closed by the last.
  return inner !== undefined && !/[()]/.test(inner) ? inner : null;
}

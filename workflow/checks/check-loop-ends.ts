import { ITERATIONS_DEFAULT } from "../compile/compile-steps.js";
import { bareExpression, compileValue } from "../compile/compile-value.js";
import { type CelValue, fromCelValue, toCelValue } from "../expressions/cel-value.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { CheckedExpression } from "../expressions/checked-expression.js";
import type { Evaluator } from "../expressions/evaluate.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import { showValue } from "../types/check-value.js";
import type { ValueType } from "../types/value-type.js";
import { changes } from "./check-loop.js";
import { firstValues } from "./check-loop-begin.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Iterations that are counted in one workflow, of all of its loops together. */
const COUNTED_MAX = 5000;

type LoopsCheck = Pick<WorkflowCheck, "steps" | "checkers" | "library" | "report">;

/** A while whose counter is all constants ends before it may not go on: its variables are counted as a run would. */
export function checkLoopEnds(check: LoopsCheck): void {
  let left = COUNTED_MAX;
  for (const step of check.steps) {
    const limit = step.fields.max_iterations?.value ?? ITERATIONS_DEFAULT;
    const counter = limit <= left ? counterOf(step, check) : null;
    if (counter === null) continue;
    const { iterations, last } = count(counter, limit, check);
    left -= iterations;
    if (last === null) continue;
    const message = `Counted from ${shown(counter.first)}, this condition is still true after ${limit} iterations, the limit of this loop, with ${shown(last)}: it fails in every run. Mend it, or raise "max_iterations"`;
    check.report({ code: "endless-loop", message, range: counter.range });
  }
}

type Variables = Readonly<Record<string, CelValue>>;

/** A loop that depends on nothing but its own variables. */
interface Counter {
  readonly condition: string;
  readonly range: TextRange;
  readonly first: Variables;
  /** What each variable is next; those that stay as they are are left out. */
  readonly next: ReadonlyMap<string, Next>;
}

type Next = { readonly source: string } | { readonly value: CelValue };

function counterOf(step: StepNode, check: LoopsCheck): Counter | null {
  const { while: condition, next } = step.fields;
  if (condition === undefined) return null;
  const source = bareExpression(condition.value);
  const names = variablesIn(check.checkers.whiles(step).check(source));
  if (names === null || !itemsOf(next).some((item) => names.has(item.key) && changes(item))) return null;
  const following = nextOf(step, names, check);
  const first = following === null ? null : firstValues(step, names, check.checkers.loopTypes(step));
  if (following === null || first === null) return null;
  return {
    condition: source,
    range: condition.range,
    first: Object.fromEntries(first.map(({ name, value, type }) => [name, toCelValue(value, type)])),
    next: following,
  };
}

/** What the named variables are next, and those that they are made of, which are added; null where that depends on the run. */
function nextOf(
  step: StepNode,
  names: Set<string>,
  { checkers }: LoopsCheck,
): ReadonlyMap<string, Next> | null {
  const types = checkers.loopTypes(step);
  const following = new Map<string, Next>();
  // The set grows while it is walked.
  for (const name of names) {
    const written = itemsOf(step.fields.next).find(({ key }) => key === name);
    if (written === undefined) continue;
    const compiled = compileValue(written.value.node);
    if (compiled.kind === "literal") {
      following.set(name, { value: toCelValue(compiled.value, types[name] ?? JSON_TYPE) });
      continue;
    }
    if (compiled.kind !== "expression" || step.inner === null) return null;
    const asked = variablesIn(checkers.values(step.inner).check(compiled.source));
    if (asked === null) return null;
    for (const other of asked) names.add(other);
    following.set(name, { source: compiled.source });
  }
  return following;
}

const JSON_TYPE: ValueType = { name: "json" };

/** The variables of loops that an expression uses; null where it uses something else, or is wrong. */
function variablesIn({ references, problems }: CheckedExpression): Set<string> | null {
  const names = references.map(({ path: [root, name] }) => (root === "loop" ? name : undefined));
  const known = names.filter((name) => name !== undefined);
  return problems.length > 0 || known.length < names.length ? null : new Set(known);
}

interface Counted {
  readonly iterations: number;
  /** The variables at the limit, where the condition holds even then; null when the loop ends, or something of it fails. */
  readonly last: Variables | null;
}

function count({ condition, first, next }: Counter, limit: number, { library }: LoopsCheck): Counted {
  const evaluator = library.evaluator();
  let last = first;
  for (let iterations = 0; ; iterations += 1) {
    const holds = evaluator.condition(condition, { loop: last });
    if (!holds.ok || !holds.value) return { iterations, last: null };
    if (iterations === limit) return { iterations, last };
    const changed: Record<string, CelValue> = { ...last };
    for (const [name, following] of next) {
      const value = valueOf(following, last, evaluator);
      if (value === undefined) return { iterations, last: null };
      changed[name] = value;
    }
    last = changed;
  }
}

function valueOf(next: Next, loop: Variables, evaluator: Evaluator): CelValue | undefined {
  if ("value" in next) return next.value;
  const result = evaluator.evaluate(next.source, { loop });
  return result.ok ? result.value : undefined;
}

function shown(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name} = ${showValue(fromCelValue(value))}`)
    .join(" and ");
}

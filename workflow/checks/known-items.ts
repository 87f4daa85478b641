import { bareExpression, compileValue, typeOfLiteral } from "../compile/compile-value.js";
import { type CelValue, type Scope, toCelValue } from "../expressions/cel-value.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { ExpressionProblem } from "../expressions/expression-problem.js";
import { dependsOnItemsOnly, itemFailures, type KnownItems } from "../expressions/item-failures.js";
import { parseExpression } from "../expressions/parse-expression.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";

/** As many iterations as are tried: who writes out more of them repeats himself. */
const SCOPES_MAX = 100;

/** Tells what of an expression of a step fails for items that are written out in the loops around it. */
export function createItemCheck(
  user: StepNode,
  library: ExpressionLibrary,
  isCondition: boolean,
): (source: string) => readonly ExpressionProblem[] {
  if (user.level.parent === null) return () => [];
  let items: KnownItems | null | undefined;
  return (source) => {
    if (!/\beach\b/.test(source)) return [];
    if (items === undefined) items = knownItems(user, library, isCondition);
    const parsed = items === null ? null : parseExpression(source, library.functions());
    return items === null || parsed?.ok !== true ? [] : itemFailures(parsed.root, items, library.evaluator);
  };
}

/** The iterations in which a step may run, as far as they are written out; null where none is. */
function knownItems(user: StepNode, library: ExpressionLibrary, isCondition: boolean): KnownItems | null {
  const variables = new Set<string>();
  let iterations: readonly Iteration[] = [{}];
  for (const { fields } of loopsAround(user)) {
    for (const { key, value } of itemsOf(fields.foreach)) {
      const list = writtenItems(value.node, library);
      if (list === null) variables.delete(key);
      else variables.add(key);
      iterations = iterations
        .flatMap((iteration) => (list ?? [null]).map((item) => ({ ...iteration, [key]: item })))
        .slice(0, SCOPES_MAX);
    }
  }
  if (variables.size === 0) return null;
  const all = iterations.map((each): Scope => ({ each }));
  const { scopes, areSure } = letThrough(all, conditionsBefore(user, isCondition), { variables, library });
  return scopes.length === 0 ? null : { variables, scopes, areSure };
}

type Iteration = Readonly<Record<string, CelValue>>;

/** The foreach steps around a step, the outermost first. */
function loopsAround({ level: { parent } }: StepNode): readonly StepNode[] {
  return parent === null ? [] : [...loopsAround(parent), parent];
}

function writtenItems(node: SyntaxNode, library: ExpressionLibrary): readonly CelValue[] | null {
  const compiled = compileValue(node);
  if (compiled.kind === "literal") {
    const items = toCelValue(compiled.value, typeOfLiteral(compiled));
    return isList(items) ? items : null;
  }
  const parsed =
    compiled.kind === "expression" ? parseExpression(compiled.source, library.functions()) : null;
  if (compiled.kind !== "expression" || parsed?.ok !== true) return null;
  if (!dependsOnItemsOnly(parsed.root, new Set())) return null;
  const result = library.evaluator().evaluate(compiled.source, {});
  return result.ok && isList(result.value) ? result.value : null;
}

function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

/** The conditions that have been true when a step runs, as far as `each` may be in them: its own, those of what it needs, those around it. */
function conditionsBefore(user: StepNode, isCondition: boolean): readonly string[] {
  const steps = new Set<StepNode>([user]);
  // The set grows while it is walked.
  for (const { needs, level } of steps) {
    for (const before of needs) steps.add(before);
    if (level.parent !== null) steps.add(level.parent);
  }
  return [...steps].flatMap(({ fields, ...step }) => {
    const isOwn = step.node === user.node;
    const own = isOwn && isCondition ? [] : [fields.if];
    return [...own, isOwn ? undefined : fields.while].flatMap((field) =>
      field === undefined ? [] : [bareExpression(field.value)],
    );
  });
}

/** The iterations that conditions let through. */
function letThrough(
  all: readonly Scope[],
  conditions: readonly string[],
  { variables, library }: { readonly variables: ReadonlySet<string>; readonly library: ExpressionLibrary },
): Pick<KnownItems, "scopes" | "areSure"> {
  let scopes = all;
  let areSure = true;
  for (const condition of conditions) {
    if (!/\beach\b/.test(condition)) continue;
    const parsed = parseExpression(condition, library.functions());
    if (!parsed.ok || !dependsOnItemsOnly(parsed.root, variables)) {
      areSure = false;
      continue;
    }
    scopes = scopes.filter((scope) => {
      const decided = library.evaluator().condition(condition, scope);
      return decided.ok && decided.value;
    });
  }
  return { scopes, areSure };
}

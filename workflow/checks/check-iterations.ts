import { compileValue } from "../compile/compile-value.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { ITERATIONS_MAX, JOBS_MAX } from "../model/loop-limits.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A loop whose lists are known before any run stays within what a loop, and a run, may have. */
export function checkIterations(step: StepNode, { library, report }: WorkflowCheck): void {
  const { foreach } = step.fields;
  const count = foreach === undefined ? null : countOf(step, library);
  if (foreach === undefined || count === null) return;
  if (count > ITERATIONS_MAX) {
    const message = `This loop has ${count} iterations, the limit is ${ITERATIONS_MAX}: loop over fewer items`;
    report({ code: "too-many-iterations", message, range: foreach.keyRange });
    return;
  }
  const jobs = count * (timesBegun(step, library) ?? 0) * leavesOf(step);
  if (jobs <= JOBS_MAX) return;
  const message = `The steps of this loop run ${jobs} times in all, the limit of a run is ${JOBS_MAX} jobs: loop over fewer items, or do more in one job`;
  report({ code: "too-many-iterations", message, range: foreach.keyRange });
}

/** How many iterations a loop has; null when that depends on the run. */
function countOf({ fields }: StepNode, library: ExpressionLibrary): number | null {
  const sizes = itemsOf(fields.foreach).map(({ value }) => sizeOf(value.node, library));
  return sizes.reduce<number | null>(
    (product, size) => (product === null || size === null ? null : product * size),
    1,
  );
}

function sizeOf(node: SyntaxNode, library: ExpressionLibrary): number | null {
  if (node.kind === "list") return node.items.length;
  const compiled = compileValue(node);
  if (compiled.kind !== "expression" || USES_THE_RUN.test(compiled.source)) return null;
  const result = library.evaluator().evaluate(compiled.source, {});
  return result.ok && Array.isArray(result.value) ? result.value.length : null;
}

const USES_THE_RUN =
  /\b(?:params|run|workflow|steps|each|loop|inputs|signals?|outputs)\b|\b(?:succeeded|failed)\s*\(/;

/** How often a run begins a loop: once for each iteration of the loops around it; null when that is not known. */
function timesBegun({ fields, level }: StepNode, library: ExpressionLibrary): number | null {
  const { parent } = level;
  if (parent === null) return 1;
  if (fields.if !== undefined || parent.fields.foreach === undefined) return null;
  const [count, times] = [countOf(parent, library), timesBegun(parent, library)];
  return count === null || times === null ? null : count * times;
}

/** The steps of one iteration that are no loops themselves. */
function leavesOf({ inner }: StepNode): number {
  return inner?.steps.filter((step) => step.inner === null).length ?? 0;
}

import { createEvaluator } from "@headwater/workflow";
import type { Evaluator } from "@headwater/workflow";

/** An evaluator that is made when the first expression needs it: many runs have none, and one costs some 90 KB. */
export function createLazyEvaluator(): Evaluator {
  let made: Evaluator | null = null;

  function evaluator(): Evaluator {
    made ??= createEvaluator();
    return made;
  }

  return {
    evaluate: (source, scope) => evaluator().evaluate(source, scope),
    condition: (source, scope) => evaluator().condition(source, scope),
    resolveValue: (template, scope) =>
      template.kind === "literal"
        ? { ok: true, value: template.value }
        : evaluator().resolveValue(template, scope),
  };
}

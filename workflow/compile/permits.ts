import type { StepDefinition } from "../definition/definition.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";

/** Sorted, each once: their order means nothing. */
export function compilePermits(permits: StepFields["permits"]): readonly string[] {
  return unitePermits(itemsOf(permits).map((permit) => permit.value));
}

/** All of them, sorted, each once. */
export function unitePermits(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}

/**
 * The permits of a loop are held by each job within it, never by the loop itself: it would hold them while its jobs wait for
 * others, and two such loops could wait for each other for ever.
 */
export function holdWithin(
  permits: readonly string[],
  steps: readonly StepDefinition[],
): readonly StepDefinition[] {
  return permits.length === 0 ? steps : steps.map((step) => holdAlso(permits, step));
}

function holdAlso(permits: readonly string[], step: StepDefinition): StepDefinition {
  switch (step.kind) {
    // They wait only.
    case "approval":
    case "sleep":
      return step;
    case "foreach":
    case "while":
      return {
        ...step,
        permits: unitePermits(permits, step.permits),
        steps: holdWithin(permits, step.steps),
      };
    default:
      return { ...step, permits: unitePermits(permits, step.permits) };
  }
}

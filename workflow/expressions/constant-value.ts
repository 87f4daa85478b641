import type { ValueTemplate } from "../definition/value-template.js";
import type { Json } from "../types/json.js";
import type { ExpressionLibrary } from "./expression-library.js";

/** What expressions depend on a run by; a word of a text that is one of these only hides a finding. */
const NAMES = /\b(?:params|steps|each|loop|run|workflow|signals?|inputs|secrets|response|succeeded|failed)\b/;

/** The value of a template whose expressions hold no names, the same in every run; undefined for all others, and where it has none. */
export function constantValue(template: ValueTemplate, library: ExpressionLibrary): Json | undefined {
  if (template.kind === "literal") return template.value;
  if (dependsOnRun(template)) return undefined;
  const resolved = library.evaluator().resolveValue(template, {});
  return resolved.ok ? resolved.value : undefined;
}

function dependsOnRun(template: ValueTemplate): boolean {
  switch (template.kind) {
    case "literal":
      return false;
    case "expression":
      return NAMES.test(template.source);
    case "text":
      return template.parts.some((part) => typeof part !== "string" && NAMES.test(part.source));
    case "list":
      return template.items.some(dependsOnRun);
    case "map":
      return Object.values(template.entries).some(dependsOnRun);
  }
}

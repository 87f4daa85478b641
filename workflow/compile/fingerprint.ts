import type { StepDefinition, WorkflowDefinition } from "../definition/definition.js";
import { encodeUtf8 } from "../syntax/utf8.js";
import { canonicalJson } from "./canonical-json.js";
import { sha256Hex } from "./sha256.js";

/**
 * The name of a version: 64 hex digits over what the definition means. The order of steps and params in the file is for
 * readers, and the name of a SQL file for messages, so neither counts.
 */
export function fingerprintOf(definition: WorkflowDefinition): string {
  const params = [...definition.params].sort(by((param) => param.name));
  return sha256Hex(encodeUtf8(canonicalJson({ ...definition, params, steps: meaningOf(definition.steps) })));
}

function meaningOf(steps: readonly StepDefinition[]): readonly unknown[] {
  return [...steps].sort(by((step) => step.id)).map((step) => {
    if (step.kind === "sql") return { ...step, file: null };
    return step.kind === "foreach" ? { ...step, steps: meaningOf(step.steps) } : step;
  });
}

function by<T>(nameOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (nameOf(a) < nameOf(b) ? -1 : 1);
}

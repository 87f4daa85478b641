import type { StepDefinition, WorkflowDefinition } from "../definition/definition.js";
import { encodeUtf8 } from "../syntax/utf8.js";
import { canonicalJson } from "./canonical-json.js";
import { sha256Hex } from "./sha256.js";

/** The name of a version: 64 hex digits over what the definition means. */
export function fingerprintOf(definition: WorkflowDefinition): string {
  return sha256Hex(encodeUtf8(canonicalJson(meaningOf(definition))));
}

/**
 * What of a definition makes the version. The order of steps and params in the file is for readers, and the name of a SQL
 * file for messages, so neither counts.
 */
export function meaningOf(definition: WorkflowDefinition): Readonly<Record<string, unknown>> {
  const params = [...definition.params].sort(by((param) => param.name));
  return { ...definition, params, steps: meaningOfSteps(definition.steps) };
}

function meaningOfSteps(steps: readonly StepDefinition[]): readonly unknown[] {
  return [...steps].sort(by((step) => step.id)).map((step) => {
    if (step.kind === "sql") return { ...step, file: null };
    return step.kind === "foreach" ? { ...step, steps: meaningOfSteps(step.steps) } : step;
  });
}

function by<T>(nameOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (nameOf(a) < nameOf(b) ? -1 : 1);
}

import type { StepDefinition, WorkflowDefinition } from "../definition/definition.js";
import { writeCanonical, writeObject, type Write } from "./canonical-json.js";
import { Sha256 } from "./sha256.js";

/**
 * The name of a version: 64 hex digits over what the definition means. What is empty is left out, so that a key that the
 * language learns makes no new version of the workflows that do not use it.
 */
export function fingerprintOf(definition: WorkflowDefinition): string {
  return hashOf((write) => writeWithoutEmpty(meaningOf(definition), write));
}

/** Whether two steps are the same in all that makes a version. */
export function meansTheSame(step: StepDefinition, other: StepDefinition): boolean {
  const [one, two] = [step, other].map((each) =>
    hashOf((write) => writeSteps(meaningOfSteps([each]), write)),
  );
  return one === two;
}

/** 64 hex digits, equal for equal plain data, whatever the order of its keys. */
export function canonicalHash(value: unknown): string {
  return hashOf((write) => writeCanonical(value, write));
}

/** Of a text that is never there as a whole: that of a large workflow would be more than all else of it. */
function hashOf(writeTo: (write: Write) => void): string {
  const hash = new Sha256();
  writeTo((piece) => hash.addText(piece));
  return hash.hex();
}

/** The parts of a definition that have a meaning, in an order of their own. */
export interface Meaning extends Readonly<Record<string, unknown>> {
  readonly steps?: readonly Meaning[];
}

/**
 * What of a definition makes the version. The order of steps, params and outputs in the file and the descriptions of
 * params are for readers, and the name of a SQL file for messages, so none of them counts.
 */
export function meaningOf(definition: WorkflowDefinition): Meaning {
  const params = [...definition.params]
    .sort(by((param) => param.name))
    .map(({ description: _description, ...param }) => param);
  const outputs = [...definition.outputs].sort(by((output) => output.name));
  return { ...definition, params, outputs, steps: meaningOfSteps(definition.steps) };
}

function meaningOfSteps(steps: readonly StepDefinition[]): readonly Meaning[] {
  return [...steps].sort(by((step) => step.id)).map((step): Meaning => {
    if (step.kind === "sql") return { ...step, file: null };
    return "steps" in step ? { ...step, steps: meaningOfSteps(step.steps) } : { ...step };
  });
}

/** Without the fields of the workflow and its steps that say nothing; what is inside of the others stays as it is. */
function writeWithoutEmpty(meaning: Meaning, write: Write): void {
  const { steps = [] } = meaning;
  writeObject(meaning, write, {
    isLeftOut: (entry, key) => key !== "steps" && isEmpty(entry),
    writePart: (entry, _write, key) =>
      key === "steps" ? writeSteps(steps, write) : writeCanonical(entry, write),
  });
}

function writeSteps(steps: readonly Meaning[], write: Write): void {
  write("[");
  for (const [at, step] of steps.entries()) {
    if (at > 0) write(",");
    writeWithoutEmpty(step, write);
  }
  write("]");
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function by<T>(nameOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (nameOf(a) < nameOf(b) ? -1 : 1);
}

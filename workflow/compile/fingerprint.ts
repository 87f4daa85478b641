import type { StepDefinition, Trigger, WorkflowDefinition } from "../definition/definition.js";
import type { EnvTemplate } from "../definition/value-template.js";
import { writeCanonical, writeList, writeObject, type PartForm, type Write } from "./canonical-json.js";
import { canonicalSource } from "../expressions/canonical-source.js";
import { LANGUAGE_DEFAULTS } from "../project/project-defaults.js";
import { canonicalSchedule } from "../schedule/canonical-schedule.js";
import { plainText } from "../types/plain-text.js";
import { literal } from "./compile-value.js";
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
  const triggers = definition.triggers.map(meaningOfTrigger);
  return { ...definition, triggers, params, outputs, steps: meaningOfSteps(definition.steps) };
}

/** A schedule counts by when it fires, however it is written. */
function meaningOfTrigger(trigger: Trigger): Trigger {
  if (trigger.kind !== "schedule") return trigger;
  return { ...trigger, schedule: canonicalSchedule(trigger.schedule) };
}

function meaningOfSteps(steps: readonly StepDefinition[]): readonly Meaning[] {
  return [...steps].sort(by((step) => step.id)).map((step): Meaning => {
    // All that a step needs must have ended, in whatever order it says so.
    const needs = step.needs.length < 2 ? step.needs : [...step.needs].sort();
    switch (step.kind) {
      case "run":
        return { ...step, needs, env: meaningOfTexts(step.env) };
      case "http":
        return { ...step, needs, headers: meaningOfTexts(step.headers) };
      case "sql":
        return { ...step, needs, file: null };
      case "foreach":
      case "while":
        return { ...step, needs, retry: NEVER_USED, steps: meaningOfSteps(step.steps) };
      case "approval":
      case "sleep":
        return { ...step, needs, retry: NEVER_USED };
      default:
        return { ...step, needs };
    }
  });
}

/** Programs and servers get texts: a number, a truth value or nothing counts by the text that is given for it. */
function meaningOfTexts(
  values: Readonly<Record<string, EnvTemplate>>,
): Readonly<Record<string, EnvTemplate>> {
  const entries = Object.entries(values);
  if (entries.every(([, value]) => givenText(value) === null)) return values;
  return Object.fromEntries(
    entries.map(([name, value]): [string, EnvTemplate] => {
      const text = givenText(value);
      return [name, text === null ? value : literal(text)];
    }),
  );
}

/** Null for what is text already, or more than one value: of those the order of keys says nothing. */
function givenText(value: EnvTemplate): string | null {
  if (value.kind !== "literal" || typeof value.value === "string") return null;
  return value.value === null || typeof value.value !== "object" ? plainText(value.value) : null;
}

/**
 * What has no attempts of its own has no retries, whatever the project's defaults are. It stays in the fingerprint as what it is
 * without such defaults, so that versions of projects that have none stay.
 */
const NEVER_USED = LANGUAGE_DEFAULTS.retry;

/** Without the fields of the workflow and its steps that say nothing; what is inside of the others stays as it is. */
function writeWithoutEmpty(meaning: Meaning, write: Write): void {
  const { steps = [] } = meaning;
  writeObject(meaning, write, {
    isLeftOut: (entry, key) => key !== "steps" && isEmpty(entry),
    writePart: (entry, _write, key) =>
      key === "steps" ? writeSteps(steps, write) : writeMeaning(entry, write, key),
  });
}

/** As canonical JSON, with each expression as `canonicalSource` writes it. What an author wrote as plain data stays as it is. */
function writeMeaning(value: unknown, write: Write, key: string): void {
  if (typeof value === "string" && EXPRESSION_KEYS.has(key)) writeCanonical(canonicalSource(value), write);
  else if (typeof value !== "object" || value === null) writeCanonical(value ?? null, write);
  else if (Array.isArray(value)) writeList(value, write, MEANING);
  else if ("kind" in value && value.kind === "literal") writeCanonical(value, write);
  // Whatever the object is, it has its own keys.
  else writeObject(value as Readonly<Record<string, unknown>>, write, MEANING);
}

const MEANING: PartForm = { isLeftOut: () => false, writePart: writeMeaning };

/** Keys of a definition under which the source of an expression stands. */
const EXPRESSION_KEYS: ReadonlySet<string> = new Set(["source", "if", "while", "until"]);

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

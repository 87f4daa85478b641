import type { StepDefinition } from "@headwater/workflow";
import { isLoop } from "./step-kinds.js";

/** One list of sibling steps, prepared for execution: the steps of the workflow, or of a loop. */
export interface Level {
  readonly steps: readonly PlannedStep[];
  readonly positions: ReadonlyMap<string, number>;
  /** Positions of the steps that need no other. */
  readonly first: readonly number[];
  /** How many of the steps have no steps of their own: the jobs of one iteration, besides those of nested loops. */
  readonly jobs: number;
}

/** A step with its edges as positions within its level. */
export interface PlannedStep {
  readonly definition: StepDefinition;
  readonly needs: readonly number[];
  /** Who needs this one. */
  readonly dependents: readonly number[];
  /** The nested steps of a foreach. */
  readonly inner: Level | null;
  /** Names in the step's expressions: of all steps, only those among them are worth computing for a scope. */
  readonly mentions: ReadonlySet<string>;
}

/** Prepares steps once per run, so that deciding never searches. A need that names no sibling is not a need. */
export function planLevel(steps: readonly StepDefinition[]): Level {
  const positions = new Map(steps.map((step, position) => [step.id, position]));
  const needs = steps.map((step) => positionsOf(step.needs, positions));
  const dependents = steps.map((): number[] => []);
  for (const [position, needed] of needs.entries()) {
    for (const other of needed) dependents[other]?.push(position);
  }
  const planned = steps.map((definition, position) => ({
    definition,
    needs: needs[position] ?? [],
    dependents: dependents[position] ?? [],
    inner: isLoop(definition) ? planLevel(definition.steps) : null,
    mentions: mentionsOf(definition),
  }));
  const first = [...planned.keys()].filter((position) => needs[position]?.length === 0);
  const jobs = planned.filter(({ inner }) => inner === null).length;
  return { steps: planned, positions, first, jobs };
}

/** Every word of the expressions within a value; see `PlannedStep.mentions`. */
export function wordsOf(value: unknown): ReadonlySet<string> {
  const words = new Set<string>();
  collect(value, words);
  return words;
}

function positionsOf(ids: readonly string[], positions: ReadonlyMap<string, number>): number[] {
  const found = new Set(ids.map((id) => positions.get(id)));
  return [...found].filter((position) => position !== undefined);
}

/** Every word of every expression: more than is needed never harms, and no syntax is understood twice. */
function mentionsOf(definition: StepDefinition): ReadonlySet<string> {
  const words = new Set<string>();
  const own = isLoop(definition) ? { ...definition, steps: [] } : definition;
  collect(own, words);
  if (definition.if !== null) addWords(definition.if, words);
  if (definition.kind === "while") addWords(definition.while, words);
  return words;
}

function collect(value: unknown, words: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, entry] of Object.entries(value)) {
    if (key === "source" && typeof entry === "string") addWords(entry, words);
    else collect(entry, words);
  }
}

function addWords(source: string, words: Set<string>): void {
  for (const [word] of source.matchAll(/[A-Za-z_]\w*/g)) words.add(word);
}

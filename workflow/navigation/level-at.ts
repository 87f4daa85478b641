import type { TextRange } from "../diagnostics/diagnostic.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";

/** The step in whose lines a place is, the innermost; null when it is in none. */
export function stepAt(top: StepLevel, offset: number): StepNode | null {
  let found: StepNode | null = null;
  for (let level: StepLevel | null = top; level !== null;) {
    const step: StepNode | undefined = level.steps.find((candidate) => isIn(wholeOf(candidate), offset));
    if (step === undefined) break;
    found = step;
    level = step.inner;
  }
  return found;
}

/**
 * The level whose names an expression at a place can use: that of its step; for the condition of a while and for what comes after
 * an iteration that inside, where its variables are.
 */
export function levelAt(top: StepLevel, offset: number): StepLevel {
  const step = stepAt(top, offset);
  if (step === null) return top;
  const { next, while: condition } = step.fields;
  const isOfLoop = [next, condition].some((field) => field !== undefined && isIn(field.range, offset));
  return isOfLoop && step.inner !== null ? step.inner : step.level;
}

/** All of a step, its id included. */
export function wholeOf({ idRange, node }: StepNode): TextRange {
  return { start: idRange.start, end: Math.max(idRange.end, node.range.end) };
}

function isIn({ start, end }: TextRange, offset: number): boolean {
  return start <= offset && offset <= end;
}

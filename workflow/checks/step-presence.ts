import { ALL_NEEDS, type OutputUse } from "../expressions/step-guards.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";

/** Tells whether the outputs of a step are there where another one uses them: a step that has not succeeded has none. */
export interface StepPresence {
  /**
   * Why the outputs of `used` may be missing in an expression of `user`; null when they are certainly there. `at` is the
   * step on the level of `used` that is `user` or stands around it, and has `used` upstream.
   */
  whyMissing(use: OutputUse, place: UsePlace): string | null;
  /** The same where all steps of the level of `used` have ended and the whole has succeeded. */
  whyMissingAtEnd(use: OutputUse, used: StepNode): string | null;
}

export interface UsePlace {
  readonly used: StepNode;
  readonly user: StepNode;
  readonly at: StepNode;
  /** The expression is the user's `if` itself, which has not been decided there. */
  readonly isCondition: boolean;
}

type Guards = ReadonlySet<string>;

/** `guardsOf` gives the steps that have certainly succeeded when the `if` of a step is true. */
export function createStepPresence(guardsOf: (step: StepNode) => Guards): StepPresence {
  const proofs = new Map<StepNode, Map<StepNode, boolean>>();
  const canBeSkipped = skippableSteps();

  /** Whether a step that has started proves that the other one succeeded. */
  function provesByRunning(step: StepNode, used: StepNode): boolean {
    const known = proofs.get(used) ?? new Map<StepNode, boolean>();
    proofs.set(used, known);
    const proven = known.get(step);
    if (proven !== undefined) return proven;
    // Ends a circle of needs, which another check tells.
    known.set(step, false);
    const isProven = proves(step, used, guardsOf(step));
    known.set(step, isProven);
    return isProven;
  }

  function proves(step: StepNode, used: StepNode, guards: Guards): boolean {
    if (guards.has(used.id)) return true;
    const needs = needsOf(step);
    const isCertainBy = (need: StepNode): boolean =>
      need === used ? !mayFailQuietly(used) : provesByRunning(need, used);
    if (requireOf(step) === "all_succeeded" || guards.has(ALL_NEEDS)) return needs.some(isCertainBy);
    if (requireOf(step) !== "any_succeeded") return false;
    // None has failed and one has succeeded: who cannot be skipped has, and else every one must prove it.
    return (
      needs.some((need) => !canBeSkipped(need) && isCertainBy(need)) ||
      (needs.length > 0 && needs.every(isCertainBy))
    );
  }

  return {
    whyMissing({ guards }, { used, user, at, isCondition }) {
      const known = new Set(user === at ? guards : withoutNeeds(guards));
      for (const step of fromUserTo(at, user)) {
        if (step === user && isCondition) continue;
        for (const guard of step === at ? guardsOf(step) : withoutNeeds(guardsOf(step))) known.add(guard);
      }
      return proves(at, used, known) ? null : reasonFor(used, at);
    },
    whyMissingAtEnd({ guards }, used) {
      if (guards.has(used.id)) return null;
      if (mayFailQuietly(used)) return failedQuietly(used);
      return canBeSkipped(used) ? `"${used.id}" may have been skipped` : null;
    },
  };
}

/** The user and the steps around it, up to one of them. */
function fromUserTo(at: StepNode, user: StepNode): readonly StepNode[] {
  const steps = [user];
  for (let step = user; step !== at && step.level.parent !== null; step = step.level.parent) {
    steps.push(step.level.parent);
  }
  return steps;
}

/** Tells whether a step may come to be skipped: by its own condition, or by what it requires of those it needs. */
function skippableSteps(): (step: StepNode) => boolean {
  const known = new Map<StepNode, boolean>();

  function canBeSkipped(step: StepNode): boolean {
    const answer = known.get(step);
    if (answer !== undefined) return answer;
    // Ends a circle of needs, which another check tells.
    known.set(step, true);
    const can = step.fields.if !== undefined || isSkippedByNeeds(step);
    known.set(step, can);
    return can;
  }

  function isSkippedByNeeds(step: StepNode): boolean {
    const needs = needsOf(step);
    switch (requireOf(step)) {
      case "all_succeeded":
        return needs.some(canBeSkipped);
      case "any_succeeded":
        return needs.length > 0 && needs.every(canBeSkipped);
      case "any_failed":
        return true;
      case "all_finished":
        return false;
    }
  }

  return canBeSkipped;
}

/** `succeeded()` asks of the needs of its own step, and not of those of a step around it. */
function withoutNeeds(guards: Guards): Guards {
  return new Set([...guards].filter((guard) => guard !== ALL_NEEDS));
}

function reasonFor(used: StepNode, at: StepNode): string {
  if (!needsOf(at).includes(used)) {
    return `nothing that "${at.id}" needs makes sure that "${used.id}" succeeded`;
  }
  const require = requireOf(at);
  if (require === "all_succeeded") return failedQuietly(used);
  const ending = require === "any_succeeded" && !mayFailQuietly(used) ? "was skipped" : "did not succeed";
  return `"${at.id}" may start when "${used.id}" ${ending}, for it requires ${require}`;
}

function failedQuietly(step: StepNode): string {
  return `"${step.id}" may have failed, for its failure_mode is ignore_failure`;
}

function mayFailQuietly(step: StepNode): boolean {
  return step.fields.failure_mode?.value === "ignore_failure";
}

function requireOf({ fields }: StepNode): NonNullable<StepNode["fields"]["require"]>["value"] {
  return fields.require?.value ?? "all_succeeded";
}

function needsOf(step: StepNode): readonly StepNode[] {
  return itemsOf(step.fields.needs).flatMap((need) => step.level.byId.get(need.value) ?? []);
}

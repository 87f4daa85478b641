import { ALL_NEEDS, notSucceeded, type OutputUse } from "../expressions/step-guards.js";
import { stepsThatSucceeded } from "./join-facts.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";

/** Tells whether the outputs of a step are there where another one uses them: a step that has not succeeded has none. */
export interface StepPresence {
  /**
   * Why the outputs of `used` may be missing in an expression of `user`; null when they are certainly there. `at` is the
   * step on the level of `used` that is `user` or stands around it, and has `used` upstream.
   */
  whyMissing(use: Guarded, place: UsePlace): string | null;
  /** The same where all steps of the level of `used` have ended and the whole has succeeded. */
  whyMissingAtEnd(use: Guarded, used: StepNode): string | null;
  /** Why `used` may never have begun in an expression of `user`; null when it certainly has. */
  whyNotBegun(use: Guarded, place: UsePlace): string | null;
  /** Whether the expression, or a condition that was true before it, has asked for that. */
  isMadeSure(guard: string, use: Guarded, place: Omit<UsePlace, "used">): boolean;
  /** Why a loop that has succeeded may have had no iteration; null when it certainly had one, or has a list of all. */
  whyNoIteration(loop: StepNode): string | null;
}

type Guarded = Pick<OutputUse, "guards">;

export interface UsePlace {
  readonly used: StepNode;
  readonly user: StepNode;
  readonly at: StepNode;
  /** The expression is the user's `if` itself, which has not been decided there. */
  readonly isCondition: boolean;
}

type Guards = ReadonlySet<string>;

/** What conditions tell. */
export interface Conditions {
  /** The steps that have certainly succeeded when the `if` of a step is true. */
  readonly guardsOf: (step: StepNode) => Guards;
  /** Whether the condition of a `while` is true at first, whatever the run. */
  readonly surelyBegins: (loop: StepNode) => boolean;
}

/** Asks each condition when it is first needed. */
export function createStepPresence({ guardsOf, surelyBegins }: Conditions): StepPresence {
  const orderOf = ordersOnce();
  const canBeSkipped = skippableSteps(orderOf);
  const provenBy = new Map<StepNode, ReadonlySet<StepNode>>();

  /** The steps of a level that have only started when `used` has succeeded. */
  function stepsThatProve(used: StepNode): ReadonlySet<StepNode> {
    const known = provenBy.get(used);
    if (known !== undefined) return known;
    const proving = new Set<StepNode>();
    provenBy.set(used, proving);
    // Those that it needs come before a step, so nothing has to be asked twice, or deeper than once.
    for (const step of orderOf(used.level)) if (proves(step, used, guardsOf(step))) proving.add(step);
    return proving;
  }

  function proves(step: StepNode, used: StepNode, guards: Guards): boolean {
    if (guards.has(used.id)) return true;
    const { needs } = step;
    const isLoud = !mayFailQuietly(used);
    const isCertainBy = (need: StepNode): boolean =>
      need === used ? isLoud : stepsThatProve(used).has(need);
    if (requireOf(step) === "all_succeeded" || guards.has(ALL_NEEDS)) {
      return (isLoud && needs.includes(used)) || needs.some(isCertainBy);
    }
    if (requireOf(step) !== "any_succeeded") return false;
    // None has failed and one has succeeded: who cannot be skipped has, and else every one must prove it.
    return (
      isLastBranch(used, needs, guards) ||
      needs.some((need) => !canBeSkipped(need) && isCertainBy(need)) ||
      (needs.length > 0 && needs.every(isCertainBy))
    );
  }

  const knownAt = knownWith(guardsOf);
  const isProven = (use: Guarded, place: UsePlace): boolean =>
    proves(place.at, place.used, knownAt(use, place));

  return {
    whyMissing: (use, place) => (isProven(use, place) ? null : reasonFor(place.used, place.at)),
    whyNotBegun(use, place) {
      const why = reasonNotBegun(place, canBeSkipped);
      return why === null || isProven(use, place) ? null : why;
    },
    isMadeSure: (guard, use, place) => knownAt(use, place).has(guard),
    whyNoIteration: reasonForNone(surelyBegins),
    whyMissingAtEnd({ guards }, used) {
      if (guards.has(used.id)) return null;
      if (mayFailQuietly(used)) return failedQuietly(used);
      return canBeSkipped(used) ? `"${used.id}" may have been skipped` : null;
    },
  };
}

function ordersOnce(): (level: StepLevel) => readonly StepNode[] {
  const orders = new Map<StepLevel, readonly StepNode[]>();
  return (level) => {
    const order = orders.get(level) ?? inOrderOfNeeds(level);
    orders.set(level, order);
    return order;
  };
}

function reasonForNone(surelyBegins: Conditions["surelyBegins"]): StepPresence["whyNoIteration"] {
  return (loop) =>
    loop.fields.while === undefined || surelyBegins(loop)
      ? null
      : `the condition of "${loop.id}" may be false at first, and then no step of it runs`;
}

/** Tells what an expression and the conditions around it have made sure of. */
function knownWith(
  guardsOf: (step: StepNode) => Guards,
): (use: Guarded, place: Omit<UsePlace, "used">) => Guards {
  return ({ guards }, { user, at, isCondition }) => {
    const known = new Set(user === at ? guards : withoutNeeds(guards));
    for (const step of fromUserTo(at, user)) {
      if (step === user && isCondition) continue;
      for (const guard of step === at ? guardsOf(step) : withoutNeeds(guardsOf(step))) known.add(guard);
    }
    return known;
  };
}

/** Why a step may have ended without having begun, as far as joins tell. */
function reasonNotBegun({ used, at }: UsePlace, canBeSkipped: (step: StepNode) => boolean): string | null {
  const require = requireOf(at);
  if (require === "all_succeeded" && stepsThatSucceeded(at).has(used)) return null;
  // What is handled has failed.
  const isHandled = require === "any_failed" && at.needs.length === 1 && at.needs[0] === used;
  if (canBeSkipped(used) && !isHandled) return `"${used.id}" may have been skipped`;
  if (!canFailBefore(used) || require === "any_succeeded") return null;
  return `"${used.id}" may never have begun, for what it needs may have failed`;
}

/** Whether a step ends without having begun when one that it needs fails. */
function canFailBefore(step: StepNode): boolean {
  return step.needs.length > 0 && ["all_succeeded", "any_succeeded"].includes(requireOf(step));
}

/** Whether all branches of a join but this one are known not to have succeeded; those that fail quietly count as if they had. */
function isLastBranch(used: StepNode, needs: readonly StepNode[], guards: Guards): boolean {
  if (mayFailQuietly(used) || !needs.includes(used)) return false;
  return needs.every((need) => need === used || (!mayFailQuietly(need) && guards.has(notSucceeded(need.id))));
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
function skippableSteps(orderOf: (level: StepLevel) => readonly StepNode[]): (step: StepNode) => boolean {
  const known = new Map<StepLevel, ReadonlySet<StepNode>>();

  function neverSkipped(level: StepLevel): ReadonlySet<StepNode> {
    const sure = new Set<StepNode>();
    for (const step of orderOf(level)) {
      if (step.fields.if === undefined && !isSkippedByNeeds(step, (need) => !sure.has(need))) sure.add(step);
    }
    return sure;
  }

  return (step) => {
    const sure = known.get(step.level) ?? neverSkipped(step.level);
    known.set(step.level, sure);
    return !sure.has(step);
  };
}

function isSkippedByNeeds(step: StepNode, canBeSkipped: (need: StepNode) => boolean): boolean {
  const { needs } = step;
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

/** The steps of a level, each after those that it needs; without those in a circle, which another check tells. */
function inOrderOfNeeds(level: StepLevel): readonly StepNode[] {
  const open = new Map(level.steps.map((step) => [step, step.needs.length]));
  const needed = new Map<StepNode, StepNode[]>(level.steps.map((step) => [step, []]));
  for (const step of level.steps) for (const need of step.needs) needed.get(need)?.push(step);
  const order = level.steps.filter((step) => open.get(step) === 0);
  // The list grows while it is walked.
  for (const done of order) {
    for (const step of needed.get(done) ?? []) {
      const left = (open.get(step) ?? 0) - 1;
      open.set(step, left);
      if (left === 0) order.push(step);
    }
  }
  return order;
}

/** `succeeded()` asks of the needs of its own step, and not of those of a step around it. */
function withoutNeeds(guards: Guards): Guards {
  return new Set([...guards].filter((guard) => guard !== ALL_NEEDS));
}

function reasonFor(used: StepNode, at: StepNode): string {
  if (!at.needs.includes(used)) {
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

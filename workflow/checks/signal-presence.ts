import type { Reference } from "../expressions/names.js";
import { ALL_NEEDS, BY_SIGNAL, NO_GUARDS, type SignalUse } from "../expressions/step-guards.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import { TRIGGER_KINDS } from "../schema/trigger-schema.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";
import type { ReferenceProblem } from "./check-site.js";
import type { ExpressionCheckers } from "./expression-checkers.js";
import { madeSureBy } from "./step-uses.js";

/** Tells whether there is a `signal` where a step uses it: only a run that one started has it. */
export interface SignalPresence {
  /** What is wrong with a use in a workflow that no signal starts. */
  problem(reference: Reference): ReferenceProblem | null;
  /**
   * Why the signal may be missing, with what to do; null when it is there. `user` is null for what the workflow gives in the
   * end; in the condition of the user the condition itself has not been decided.
   */
  whyMissing(use: SignalUse, user: StepNode | null, isCondition?: boolean): string | null;
}

/** What the triggers of a workflow say of its signal. */
export function createSignalPresence(
  { triggers }: WorkflowFields,
  checkers: ExpressionCheckers,
): SignalPresence {
  const kinds = itemsOf(triggers).map(({ value }) => TRIGGER_KINDS.find((kind) => value[kind] !== undefined));
  const other = kinds.find((kind) => kind !== "signal" && kind !== undefined);
  const isStartedBySignal = kinds.includes("signal");
  return {
    problem: ({ path }) => (path[0] === "signal" && !isStartedBySignal ? NO_SIGNAL : null),
    whyMissing: ({ guards }, user, isCondition = false) => {
      if (!isStartedBySignal || other === undefined || guards.has(BY_SIGNAL)) return null;
      if (user !== null && isSure(user, isCondition, checkers)) return null;
      return `The signal may be missing here: a trigger with "${other}" starts runs too. Say what holds then, as in signal.?name.orValue(…), or ask for run.trigger == "signal" first`;
    },
  };
}

const NO_SIGNAL: ReferenceProblem = {
  code: "expression-unknown-name",
  message: `There is no "signal" here: no trigger of this workflow starts a run by one`,
};

/** Whether a condition has asked already: of the step, of one around it, or of one that must have succeeded before. */
function isSure(user: StepNode, isCondition: boolean, checkers: ExpressionCheckers): boolean {
  const asked = new Set([user]);
  // The set grows while it is walked.
  for (const step of asked) {
    const guards = step === user && isCondition ? NO_GUARDS.whenTrue : madeSureBy(step, checkers);
    if (guards.has(BY_SIGNAL)) return true;
    for (const before of mustHaveBegun(step, guards)) asked.add(before);
  }
  return false;
}

/** The steps whose conditions were true when this one starts. */
function mustHaveBegun({ fields, needs, level }: StepNode, guards: ReadonlySet<string>): readonly StepNode[] {
  const isAfterAll = valueOr(fields.require, "all_succeeded") === "all_succeeded" || guards.has(ALL_NEEDS);
  return [...(isAfterAll ? needs : []), ...(level.parent === null ? [] : [level.parent])];
}

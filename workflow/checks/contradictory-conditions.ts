import type { RelatedPlace } from "../diagnostics/diagnostic.js";
import { bareExpression } from "../compile/compile-value.js";
import { contradictionIn, repeatsName, tautologyIn } from "../expressions/contradiction.js";
import type { StepNode } from "../model/step-tree.js";
import { stepsThatSucceeded } from "./join-facts.js";
import { madeSureBy } from "./step-uses.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** That the parts of a condition make it true, or false, whatever the values that they ask for. */
export interface SettledCondition {
  readonly holds: boolean;
  /** The parts, in the author's words. */
  readonly why: string;
}

/** Whether parts of a step's condition, and of those that it makes sure of, contradict each other; null when not. */
export function settledByItself(
  step: StepNode,
  { checkers, library }: Pick<WorkflowCheck, "checkers" | "library">,
): SettledCondition | null {
  const { if: condition } = step.fields;
  if (condition === undefined) return null;
  const own = bareExpression(condition.value);
  const sources = /\.\s*status\b/.test(own) ? [own, ...conditionsBefore(step, checkers)] : [own];
  if (!repeatsName(sources)) return null;
  const never = contradictionIn(sources, library);
  if (never !== null) return { holds: false, why: `\`${never[0]}\` and \`${never[1]}\` are never both true` };
  const always = tautologyIn(own, library);
  return always && { holds: true, why: `\`${always[0]}\` or \`${always[1]}\` is always true` };
}

/** The conditions of the steps that have certainly succeeded when that of the step is true. */
function conditionsBefore(step: StepNode, checkers: WorkflowCheck["checkers"]): readonly string[] {
  const sure = [...madeSureBy(step, checkers)].flatMap((id) => step.level.byId.get(id) ?? []);
  const before = new Set(sure.flatMap((one) => [one, ...stepsThatSucceeded(one)]));
  const written = [...before].flatMap(({ fields }) => (fields.if === undefined ? [] : [fields.if.value]));
  return [...new Set(written.map(bareExpression))];
}

/** Tells that the condition of a step is none, with what never runs because of that. */
export function reportSettled(
  { id, fields }: StepNode,
  { holds, why }: SettledCondition,
  { report, related }: Pick<WorkflowCheck, "report"> & { readonly related?: readonly RelatedPlace[] },
): void {
  if (fields.if === undefined) return;
  const { range } = fields.if;
  if (holds) {
    const message = `This condition is true whatever the run, for ${why}: leave out the "if" of "${id}", or ask for both with "&&"`;
    report({ code: "condition-always-true", message, range });
  } else {
    const message = `This condition is false whatever the run, for ${why}: "${id}" is always skipped`;
    report({ code: "condition-always-false", message, range, ...(related && { related }) });
  }
}

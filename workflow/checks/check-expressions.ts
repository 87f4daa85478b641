import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { ValueType } from "../types/value-type.js";
import { checkDefaults } from "./check-defaults.js";
import { surelyBegins } from "./check-loop-begin.js";
import { checkSite, mayHoldExpression, type SiteContext } from "./check-site.js";
import { checkStepExpressions, type Presence } from "./check-step-expressions.js";
import { eachStep } from "./each-step.js";
import { expecting, lazily } from "./expression-sites.js";
import { createSignalPresence } from "./signal-presence.js";
import { createStepPresence, type Conditions, type StepPresence } from "./step-presence.js";
import { nullAtEnd } from "./null-values.js";
import { madeSureBy, missingAtEnd } from "./step-uses.js";
import { whyUnfit } from "./unfit-value.js";
import type { WorkflowCheck } from "./workflow-check.js";

const BOOL: ValueType = { name: "bool" };
const STRING: ValueType = { name: "string" };

/**
 * Checks every expression of a workflow against what is known where it stands; of steps in a circle that is not what ran before.
 * @yields nothing, after some steps
 */
export function* checkExpressions(check: WorkflowCheck, isOrdered = true): Generator<undefined, void> {
  const { text, report, names, checkers } = check;
  const checker = lazily(() => checkers.paramDefaults(null));
  checkDefaults(itemsOf(check.fields.params), {
    text,
    report,
    names,
    checker,
    root: "params",
    uses: "above",
  });
  for (const { value } of itemsOf(check.fields.triggers)) checkTriggerExpressions(value, check);
  const presence = {
    steps: isOrdered ? createStepPresence(conditionsOf(check)) : ALL_PRESENT,
    signal: createSignalPresence(check.fields, check.checkers),
  };
  yield* eachStep(check.steps, (step) => checkStepExpressions(step, check, presence));
  checkWorkflowOutputs(check, presence);
}

function conditionsOf({ checkers, library }: WorkflowCheck): Conditions {
  return {
    guardsOf: (step) => madeSureBy(step, checkers),
    surelyBegins: (loop) => surelyBegins(loop, { checkers, library }),
  };
}

const ALL_PRESENT: StepPresence = {
  whyMissing: () => null,
  whyMissingAtEnd: () => null,
  whyNotBegun: () => null,
  isMadeSure: () => true,
  whyNoIteration: () => null,
};

function checkTriggerExpressions(
  trigger: TriggerFields,
  { fields, text, checkers, names, report }: WorkflowCheck,
): void {
  const context: SiteContext = { text, report, names, referenceProblem: () => null };
  const checker = lazily(() => checkers.triggers(trigger));
  const condition = lazily(() => checkers.triggerConditions(trigger));
  if (trigger.if !== undefined)
    checkSite({ node: trigger.if.node, checker: condition, expected: BOOL, isBare: true }, context);
  if (trigger.dedupe !== undefined)
    checkSite({ node: trigger.dedupe.node, checker, expected: STRING }, context);
  for (const { key, value: given } of itemsOf(trigger.params)) {
    const type = itemsOf(fields.params).find((param) => param.key === key)?.value.value.type?.value;
    checkSite({ node: given.node, checker, ...expecting(type) }, context);
  }
  reportMatchExpressions(itemsOf(trigger.match), report);
  for (const { value } of itemsOf(trigger.all)) reportMatchExpressions(itemsOf(value.value.match), report);
}

function reportMatchExpressions(match: readonly MapItem<SyntaxNode>[], report: Report): void {
  for (const { value } of match) {
    if (!mayHoldExpression(value.node)) continue;
    const message = `"match" compares with literals, since it is indexed; put the expression into "if"`;
    report({ code: "expression-not-allowed", message, range: value.range });
  }
}

/** What a workflow gives may use all of its top steps: they have ended by then. */
function checkWorkflowOutputs(
  { fields, top, text, checkers, library, names, report }: WorkflowCheck,
  presence: Presence,
): void {
  const context: SiteContext = {
    text,
    report,
    names,
    referenceProblem: (reference) => presence.signal.problem(reference),
    missingOutput: (use) => missingAtEnd(use, top, presence.steps),
    nullValue: (use) => nullAtEnd(use, top, presence.steps),
    missingSignal: (use) => presence.signal.whyMissing(use, null),
  };
  for (const { key, value } of itemsOf(fields.outputs)) {
    const { type, value: written } = value.value;
    if (written === undefined) continue;
    checkOutputAsWritten(key, written.node, { type: type?.value, library, report });
    const checker = lazily(() => checkers.values(top));
    checkSite({ node: written.node, checker, ...expecting(type?.value) }, context);
  }
}

function checkOutputAsWritten(
  name: string,
  node: SyntaxNode,
  {
    type,
    library,
    report,
  }: { readonly type: ValueType | undefined } & Pick<WorkflowCheck, "library" | "report">,
): void {
  const problem = type === undefined ? null : whyUnfit(node, { type }, library);
  if (problem === null) return;
  report({ code: "wrong-type", message: `The output "${name}" ${problem}`, range: node.range });
}

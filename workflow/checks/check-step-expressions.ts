import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import type { ValueType } from "../types/value-type.js";
import { checkOtherBraces } from "./check-other-braces.js";
import { checkSite, type ExpressionSite, type SiteContext } from "./check-site.js";
import { createItemCheck } from "./known-items.js";
import { nullAtEnd, nullValue } from "./null-values.js";
import { bodySites, expecting, held, lazily, outerSites, valuesOf } from "./expression-sites.js";
import type { ExpressionCheckers } from "./expression-checkers.js";
import type { SignalPresence } from "./signal-presence.js";
import type { StepPresence } from "./step-presence.js";
import { missingAtEnd, missingOutput, stepProblem } from "./step-uses.js";
import type { WorkflowCheck } from "./workflow-check.js";

const BOOL: ValueType = { name: "bool" };
const LIST: ValueType = { name: "list", of: { name: "json" } };

/** What is there where a step uses it. */
export interface Presence {
  readonly steps: StepPresence;
  readonly signal: SignalPresence;
}

/** Checks the expressions of one step: its body, its conditions, its loop, and what it hands on. */
export function checkStepExpressions(
  step: StepNode,
  { text, checkers, defaults, library, names, report }: WorkflowCheck,
  presence: Presence,
): void {
  const { fields, level } = step;
  const contextOf = (isCondition: boolean): SiteContext => {
    const place = { user: step, presence: presence.steps, isCondition, checkers };
    return {
      text,
      report,
      names,
      referenceProblem: (reference) =>
        presence.signal.problem(reference) ?? stepProblem(reference, step, text),
      missingOutput: (use) => missingOutput(use, place),
      nullValue: (use) => nullValue(use, place),
      missingSignal: (use) => presence.signal.whyMissing(use, step, isCondition),
      itemFailures: createItemCheck(step, library, isCondition),
    };
  };
  const context = contextOf(false);
  const checker = lazily(() => checkers.values(level));
  checkOtherBraces(fields, { text, checker, report });
  for (const site of bodySites(fields, checker, defaults.plugins)) checkSite(site, context);
  for (const site of outerSites(fields, checker)) checkSite(site, context);
  for (const site of loopSites(step, checker)) checkSite(site, context);
  if (fields.if !== undefined) checkCondition(fields.if, () => checkers.conditions(level), contextOf(true));
  checkCondition(fields.while, () => checkers.whiles(step), context);
  checkCondition(fields.http?.value.poll?.value.until, () => checkers.responses(level), context);
  checkNext(step, { checkers, presence: presence.steps, context });
  checkEmit(step, checker, context);
}

function checkCondition(
  field: Located<string> | undefined,
  make: () => ExpressionChecker,
  context: SiteContext,
): void {
  if (field === undefined) return;
  checkSite({ node: field.node, checker: lazily(make), expected: BOOL, isBare: true }, context);
}

/** What a step hands on may use the step itself, which has succeeded by then. */
function checkEmit({ id, fields }: StepNode, checker: ExpressionChecker, context: SiteContext): void {
  if (fields.emit === undefined) return;
  const afterwards: SiteContext = {
    ...context,
    referenceProblem: (reference) => (reference.path[1] === id ? null : context.referenceProblem(reference)),
  };
  for (const { value } of fields.emit.value) {
    for (const node of valuesOf(value.params?.value)) checkSite({ node, checker }, afterwards);
  }
}

/** The next values of a loop's variables: the steps of the iteration have ended by then. */
function checkNext(
  step: StepNode,
  {
    checkers,
    presence,
    context,
  }: {
    readonly checkers: ExpressionCheckers;
    readonly presence: StepPresence;
    readonly context: SiteContext;
  },
): void {
  const { fields, inner } = step;
  if (fields.next === undefined || inner === null) return;
  const afterIteration: SiteContext = {
    ...context,
    referenceProblem: (reference) =>
      inner.byId.has(reference.path[1] ?? "") ? null : context.referenceProblem(reference),
    missingOutput: (use) =>
      inner.byId.has(use.step) ? missingAtEnd(use, inner, presence) : (context.missingOutput?.(use) ?? null),
    nullValue: (use) =>
      use.path[0] === "steps" && inner.byId.has(use.path[1] ?? "")
        ? nullAtEnd(use, inner, presence)
        : (context.nullValue?.(use) ?? null),
  };
  const types = checkers.loopTypes(step);
  for (const { key, value } of fields.next.value) {
    const site = { node: value.node, checker: lazily(() => checkers.values(inner)) };
    checkSite({ ...site, ...expecting(types[key]) }, afterIteration);
  }
}

function loopSites(
  { fields, template, target }: StepNode,
  checker: ExpressionChecker,
): readonly ExpressionSite[] {
  const takes = template?.inputs ?? target?.params ?? [];
  const types = new Map(takes.map(({ name, type }) => [name, type]));
  return [
    ...valuesOf(fields.foreach?.value).map((node) => ({
      node,
      checker,
      expected: LIST,
      refusesNull: true as const,
    })),
    ...valuesOf(fields.vars?.value).map((node) => ({ node, checker })),
    ...itemsOf(fields.with).map(({ key, value }) => ({
      node: value.node,
      checker,
      ...(target === null ? expecting(types.get(key)) : held(types.get(key))),
    })),
  ];
}

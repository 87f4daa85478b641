import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { Reference } from "../expressions/names.js";
import { isUpstream, type StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import type { ValueType } from "../types/value-type.js";
import { checkSite, type ExpressionSite, type SiteContext } from "./check-site.js";
import { bodySites, expecting, lazily, outerSites, valuesOf } from "./expression-sites.js";
import type { WorkflowCheck } from "./workflow-check.js";

const BOOL: ValueType = { name: "bool" };
const LIST: ValueType = { name: "list", of: { name: "json" } };

/** Checks the expressions of one step: its body, its conditions, its loop, and what it hands on. */
export function checkStepExpressions(step: StepNode, { text, checkers, report }: WorkflowCheck): void {
  const { fields, level } = step;
  const context: SiteContext = {
    text,
    report,
    referenceProblem: (reference) => stepProblem(reference, step),
  };
  const checker = lazily(() => checkers.values(level));
  for (const site of bodySites(fields, checker)) checkSite(site, context);
  for (const site of outerSites(fields, checker)) checkSite(site, context);
  for (const site of loopSites(step, checker)) checkSite(site, context);
  checkCondition(fields.if, () => checkers.conditions(level), context);
  checkCondition(fields.while, () => checkers.whiles(step), context);
  checkCondition(fields.http?.value.poll?.value.until, () => checkers.responses(level), context);
  checkNext(step, { text, checkers, report });
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
  const afterwards: SiteContext = {
    ...context,
    referenceProblem: (reference) => (reference.path[1] === id ? null : context.referenceProblem(reference)),
  };
  for (const { value } of itemsOf(fields.emit)) {
    for (const node of valuesOf(value.params?.value)) checkSite({ node, checker }, afterwards);
  }
}

/** The next values of a loop's variables: the steps of the iteration have ended by then. */
function checkNext(
  step: StepNode,
  { text, checkers, report }: Pick<WorkflowCheck, "text" | "checkers" | "report">,
): void {
  const { fields, inner } = step;
  if (fields.next === undefined || inner === null) return;
  const context: SiteContext = {
    text,
    report,
    referenceProblem: (reference) =>
      inner.byId.has(reference.path[1] ?? "") ? null : stepProblem(reference, step),
  };
  const types = checkers.loopTypes(step);
  for (const { key, value } of fields.next.value) {
    const site = { node: value.node, checker: lazily(() => checkers.values(inner)) };
    checkSite({ ...site, ...expecting(types[key]) }, context);
  }
}

function loopSites(
  { fields, template, target }: StepNode,
  checker: ExpressionChecker,
): readonly ExpressionSite[] {
  const takes = template?.inputs ?? target?.params ?? [];
  const types = new Map(takes.map(({ name, type }) => [name, type]));
  return [
    ...valuesOf(fields.foreach?.value).map((node) => ({ node, checker, expected: LIST })),
    ...valuesOf(fields.vars?.value).map((node) => ({ node, checker })),
    ...itemsOf(fields.with).map(({ key, value }) => ({
      node: value.node,
      checker,
      ...expecting(types.get(key)),
    })),
  ];
}

/** A step may be used only where it has certainly ended: when the using step, or a step around it, needs it. */
function stepProblem({ path }: Reference, user: StepNode): ReturnType<SiteContext["referenceProblem"]> {
  const [root, id] = path;
  if (root !== "steps" || id === undefined) return null;
  for (let at: StepNode | null = user; at !== null; at = at.level.parent) {
    const used = at.level.byId.get(id);
    if (used === undefined) continue;
    if (isUpstream(used, at)) return null;
    const message =
      used === at
        ? `Step "${id}" has not ended here, so there is nothing to use of it`
        : `Step "${id}" may not have run here: add it to "needs" of "${at.id}"`;
    return { code: "step-not-needed", message };
  }
  return null;
}

import { itemsOf } from "../schema/field-value.js";
import type { Report } from "../diagnostics/report.js";
import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { Reference } from "../expressions/names.js";
import { isUpstream, type StepNode } from "../model/step-tree.js";
import type { MapItem } from "../schema/collections.js";
import type { StepFields } from "../schema/step-schema.js";
import { entryOf, type SyntaxNode } from "../syntax/syntax-node.js";
import type { ValueType } from "../types/value-type.js";
import { checkSite, type ExpressionSite, type SiteContext } from "./check-site.js";
import { createCheckers, type ExpressionCheckers } from "./expression-scope.js";
import type { WorkflowCheck } from "./workflow-check.js";

const BOOL: ValueType = { name: "bool" };
const LIST: ValueType = { name: "list", of: { name: "json" } };
const TIMESTAMP: ValueType = { name: "timestamp" };
const STRING: ValueType = { name: "string" };

/** Checks every expression of a workflow against what is known where it stands. */
export function checkExpressions(check: WorkflowCheck): void {
  const checkers = createCheckers(itemsOf(check.fields.params), check.expressions);
  checkParamDefaults(check, checkers);
  checkTriggerExpressions(check, checkers);
  for (const step of check.steps) checkStepExpressions(step, check, checkers);
}

/** The places of a step's body that take expressions, the same in a workflow and in a template. */
export function bodySites(fields: StepFields, checker: ExpressionChecker): readonly ExpressionSite[] {
  const { env, sql, http, sleep } = fields;
  return [
    ...valuesOf(env?.value).map((node) => ({ node, checker, takesSecrets: true as const })),
    ...valuesOf(sql?.value.params?.value).map((node) => ({ node, checker })),
    ...(http === undefined ? [] : httpSites(http.value, checker)),
    ...(sleep === undefined ? [] : [{ node: sleepNode(sleep.node), checker, expected: TIMESTAMP }]),
  ];
}

function httpSites(
  http: NonNullable<StepFields["http"]>["value"],
  checker: ExpressionChecker,
): readonly ExpressionSite[] {
  const { url, headers, body } = http;
  return [
    ...(url === undefined ? [] : [{ node: url.node, checker, expected: STRING }]),
    ...valuesOf(headers?.value).map((node) => ({ node, checker, takesSecrets: true as const })),
    ...(body === undefined ? [] : [{ node: body.node, checker }]),
  ];
}

function sleepNode(node: SyntaxNode): SyntaxNode {
  return entryOf(node, "until")?.value ?? node;
}

function checkParamDefaults({ fields, text, report }: WorkflowCheck, checkers: ExpressionCheckers): void {
  const earlier = new Set<string>();
  for (const { key, value } of itemsOf(fields.params)) {
    const { default: written, type } = value.value;
    if (written !== undefined && mayHoldExpression(written.node)) {
      const site = { node: written.node, checker: checkers.paramDefaults(null), ...expecting(type?.value) };
      checkSite(site, {
        text,
        report,
        referenceProblem: (reference) => laterParamProblem(key, reference, earlier),
      });
    }
    earlier.add(key);
  }
}

function laterParamProblem(
  name: string,
  { path }: Reference,
  earlier: ReadonlySet<string>,
): ReturnType<SiteContext["referenceProblem"]> {
  const [root, param] = path;
  if (root !== "params" || param === undefined || earlier.has(param)) return null;
  const message = `The default of "${name}" may only use params above it; "${param}" is not`;
  return { code: "expression-unknown-name", message };
}

function checkTriggerExpressions(
  { fields, text, report }: WorkflowCheck,
  checkers: ExpressionCheckers,
): void {
  const types = new Map(itemsOf(fields.params).map(({ key, value }) => [key, value.value.type?.value]));
  const context: SiteContext = { text, report, referenceProblem: () => null };
  for (const { value } of itemsOf(fields.triggers)) {
    const joined = value.all?.value.map(({ key }) => key) ?? null;
    const checker = lazily(() => checkers.triggers(joined));
    if (value.if !== undefined)
      checkSite({ node: value.if.node, checker, expected: BOOL, isBare: true }, context);
    if (value.dedupe !== undefined)
      checkSite({ node: value.dedupe.node, checker, expected: STRING }, context);
    for (const { key, value: given } of itemsOf(value.params)) {
      checkSite({ node: given.node, checker, ...expecting(types.get(key)) }, context);
    }
    reportMatchExpressions(itemsOf(value.match), report);
    for (const one of itemsOf(value.all)) reportMatchExpressions(itemsOf(one.value.value.match), report);
  }
}

function reportMatchExpressions(match: readonly MapItem<SyntaxNode>[], report: Report): void {
  for (const { value } of match) {
    if (!mayHoldExpression(value.node)) continue;
    const message = `"match" compares with literals, since it is indexed; put the expression into "if"`;
    report({ code: "expression-not-allowed", message, range: value.range });
  }
}

function checkStepExpressions(
  step: StepNode,
  { text, report }: WorkflowCheck,
  checkers: ExpressionCheckers,
): void {
  const { fields, level } = step;
  const context: SiteContext = {
    text,
    report,
    referenceProblem: (reference) => stepProblem(reference, step),
  };
  const checker = lazily(() => checkers.values(level));
  for (const site of [...bodySites(fields, checker), ...loopSites(step, checker)]) checkSite(site, context);
  if (fields.if !== undefined) {
    checkSite(
      {
        node: fields.if.node,
        checker: lazily(() => checkers.conditions(level)),
        expected: BOOL,
        isBare: true,
      },
      context,
    );
  }
  const until = fields.http?.value.poll?.value.until;
  if (until !== undefined) {
    checkSite(
      { node: until.node, checker: lazily(() => checkers.responses(level)), expected: BOOL, isBare: true },
      context,
    );
  }
  const afterwards = {
    ...context,
    referenceProblem: (reference: Reference) =>
      reference.path[1] === step.id ? null : context.referenceProblem(reference),
  };
  for (const { value } of itemsOf(fields.emit)) {
    for (const node of valuesOf(value.params?.value)) checkSite({ node, checker }, afterwards);
  }
}

function loopSites({ fields, template }: StepNode, checker: ExpressionChecker): readonly ExpressionSite[] {
  const types = new Map(template?.inputs.map((input) => [input.name, input.type]));
  return [
    ...valuesOf(fields.foreach?.value).map((node) => ({ node, checker, expected: LIST })),
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

/** Making the scope of a checker takes time, and most places hold no expression. */
function lazily(make: () => ExpressionChecker): ExpressionChecker {
  let made: ExpressionChecker | null = null;
  return { check: (source, expected) => (made ??= make()).check(source, expected) };
}

function expecting(type: ValueType | undefined): { readonly expected?: ValueType } {
  return type === undefined ? {} : { expected: type };
}

function valuesOf(items: readonly MapItem<SyntaxNode>[] | undefined): readonly SyntaxNode[] {
  return (items ?? []).map(({ value }) => value.node);
}

function mayHoldExpression(node: SyntaxNode): boolean {
  if (node.kind === "list") return node.items.some(mayHoldExpression);
  if (node.kind === "map") return node.entries.some(({ value }) => mayHoldExpression(value));
  return typeof node.value === "string" && node.value.includes("${{");
}

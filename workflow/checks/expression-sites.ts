import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { ProjectDefaults } from "../project/project-defaults.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import { matchConditions } from "../schema/match-operators.js";
import type { StepFields } from "../schema/step-schema.js";
import { entryOf, type SyntaxNode } from "../syntax/syntax-node.js";
import type { ValueType } from "../types/value-type.js";
import { mayHoldExpression, type ExpressionSite } from "./check-site.js";

const STRING: ValueType = { name: "string" };
const TIMESTAMP: ValueType = { name: "timestamp" };
const DURATION: ValueType = { name: "duration" };

/** The places of a step's body that take expressions, the same in a workflow and in a template; plug-ins by what they take, where that is known. */
export function bodySites(
  fields: StepFields,
  checker: ExpressionChecker,
  plugins: ProjectDefaults["plugins"] = {},
): readonly ExpressionSite[] {
  const { env, sql, http, sleep, notebook, plugin } = fields;
  return [
    ...valuesOf(env?.value).map((node) => ({ node, checker, takesSecrets: true as const })),
    ...valuesOf(sql?.value.params?.value).map((node) => ({ node, checker })),
    ...(http === undefined ? [] : httpSites(http.value, checker)),
    ...(plugin === undefined ? [] : pluginSites(plugin.value, checker, plugins)),
    ...(notebook === undefined ? [] : notebookSites(notebook.value, checker)),
    ...(sleep === undefined ? [] : [sleepSite(sleep.node, checker)]),
  ];
}

/** The places of a step that take expressions beside its body and its conditions. */
export function outerSites(fields: StepFields, checker: ExpressionChecker): readonly ExpressionSite[] {
  const { cache, approval, wait_for: gates } = fields;
  const key = cache?.value.key;
  const prompt = approval?.value.prompt;
  return [
    ...(key === undefined ? [] : [{ node: key.node, checker }]),
    ...(prompt === undefined ? [] : [{ node: prompt.node, checker }]),
    ...(gates?.value ?? []).flatMap((gate) =>
      matchConditions(gate.value.match).map(({ node }) => ({ node, checker })),
    ),
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

function pluginSites(
  { kind, with: given }: NonNullable<StepFields["plugin"]>["value"],
  checker: ExpressionChecker,
  plugins: ProjectDefaults["plugins"],
): readonly ExpressionSite[] {
  const name = kind?.value ?? "";
  const inputs = (Object.hasOwn(plugins, name) ? plugins[name] : undefined) ?? [];
  return itemsOf(given).map(({ key, value: { node } }) => {
    const input = inputs.find((one) => one.name === key);
    return { node, checker, takesSecrets: true as const, ...held(input?.type) };
  });
}

function notebookSites(
  notebook: NonNullable<StepFields["notebook"]>["value"],
  checker: ExpressionChecker,
): readonly ExpressionSite[] {
  const params = typeof notebook === "string" ? undefined : notebook.params;
  return valuesOf(params?.value).map((node) => ({ node, checker }));
}

/** A sleep lasts for a duration, or until a timestamp. */
function sleepSite(node: SyntaxNode, checker: ExpressionChecker): ExpressionSite {
  const until = entryOf(node, "until");
  if (until !== undefined) return { node: until.value, checker, expected: TIMESTAMP, refusesNull: true };
  return { node, checker, expected: [DURATION, TIMESTAMP], refusesNull: true };
}

/** Making the scope of a checker takes time, and most places hold no expression. */
export function lazily(make: () => ExpressionChecker): ExpressionChecker {
  let made: ExpressionChecker | null = null;
  const checker = (): ExpressionChecker => (made ??= make());
  return {
    get scope() {
      return checker().scope;
    },
    check: (source, expected) => checker().check(source, expected),
  };
}

/** The type that a place asks for, where one is known. */
export function expecting(type: ValueType | undefined): { readonly expected?: ValueType } {
  return type === undefined ? {} : { expected: type };
}

/** The same for a place where a run holds values to their type, and null is of none but json. */
export function held(type: ValueType | undefined): Pick<ExpressionSite, "expected" | "refusesNull"> {
  return { ...expecting(type), ...(type === undefined || type.name === "json" ? {} : { refusesNull: true }) };
}

/** The values of a map that may be absent, but those that hold no expression: nearly all of them. */
export function valuesOf(items: readonly MapItem<SyntaxNode>[] | undefined): readonly SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  for (const { value } of items ?? []) if (mayHoldExpression(value.node)) nodes.push(value.node);
  return nodes;
}

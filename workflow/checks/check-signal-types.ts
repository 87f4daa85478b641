import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { createExpressionChecker } from "../expressions/check-expression.js";
import type { CheckedExpression } from "../expressions/checked-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { ExpressionProblem } from "../expressions/expression-problem.js";
import type { ExpressionType, ScopeType, TypeScope } from "../expressions/type-scope.js";
import { formatExpressionType } from "../expressions/type-scope.js";
import type { ValueType } from "../types/value-type.js";
import { ANY, BASE_SCOPE, record, STRING } from "./expression-scope.js";
import type { Payload } from "./signal-payloads.js";
import type { TriggerExpression } from "./signal-uses.js";

/** What a trigger waits for, by the name that expressions have for it: null for `signal`. Undefined where it is not known. */
export type KnownPayloads = ReadonlyMap<string | null, Payload | undefined>;

/**
 * Holds an expression of a trigger against the types of what the project emits: an operator that fits none of them fails on each
 * of its signals.
 */
export function checkSignalTypes(
  { source, offsets, uses }: TriggerExpression,
  {
    payloads,
    library,
    report,
  }: {
    readonly payloads: KnownPayloads;
    readonly library: ExpressionLibrary;
    readonly report: Report;
  },
): void {
  const known = uses.flatMap(({ joined, param }): readonly KnownParam[] => {
    const types = payloads.get(joined)?.params.get(param) ?? [];
    return types.length === 0 ? [] : [{ joined, param, types }];
  });
  if (known.length === 0) return;
  const scopes = scopesOf(known, uses);
  const checked = scopes.map((scope) => createExpressionChecker(scope, library).check(source));
  const problems = checked.map(typeProblem);
  const [first] = problems;
  if (first === undefined || problems.includes(undefined)) return;
  const given = known.map(described);
  const message = `${first.message}: as this project emits it, ${[...new Set(given)].join(", ")}`;
  report({ code: "signal-param", message, range: rangeOf(first, offsets) });
}

interface KnownParam {
  readonly joined: string | null;
  readonly param: string;
  readonly types: readonly ExpressionType[];
}

function described({ joined, param, types }: KnownParam): string {
  const owner = joined === null ? "signal" : `signals.${joined}`;
  return `${owner}.${param} is ${[...new Set(types.map(formatExpressionType))].join(" or ")}`;
}

/** The scope for each way in which the params may be typed; one that says nothing more where they would be too many. */
function scopesOf(known: readonly KnownParam[], uses: TriggerExpression["uses"]): readonly TypeScope[] {
  const unknown = uses.map((use) => ({ ...use, type: ANY }));
  let ways: readonly (readonly TypedUse[])[] = [unknown];
  for (const { joined, param, types } of known) {
    const possible = types.flatMap(typesAsJson);
    ways = ways.flatMap((way) => possible.map((type) => [...way, { joined, param, type }]));
    if (ways.length > WAYS_MAX) return [scopeOf(unknown)];
  }
  return ways.map(scopeOf);
}

const WAYS_MAX = 16;

interface TypedUse {
  readonly joined: string | null;
  readonly param: string;
  readonly type: ScopeType;
}

function scopeOf(uses: readonly TypedUse[]): TypeScope {
  const fieldsOf = (name: string | null): ScopeType =>
    record(
      Object.fromEntries(
        uses.filter(({ joined }) => joined === name).map(({ param, type }) => [param, type]),
      ),
    );
  const names = [...new Set(uses.flatMap(({ joined }) => joined ?? []))];
  const signals = record(Object.fromEntries(names.map((name) => [name, fieldsOf(name)])));
  return { ...BASE_SCOPE, signal: fieldsOf(null), signals };
}

/** A signal is JSON on its way: times are texts there, and a double that is whole an int. */
function typesAsJson(type: ExpressionType): readonly ScopeType[] {
  switch (type.name) {
    case "int":
    case "double":
      return [{ name: "int" }, { name: "double" }];
    case "date":
    case "timestamp":
    case "duration":
      return [STRING];
    case "string":
    case "bool":
      return [type];
    case "list":
    case "map":
      return [{ name: type.name, of: JSON_TYPE }];
    default:
      return [ANY];
  }
}

const JSON_TYPE: ValueType = { name: "json" };

function typeProblem({ problems }: CheckedExpression): ExpressionProblem | undefined {
  return problems.find(({ code }) => code === "expression-type");
}

function rangeOf({ start, end }: ExpressionProblem, offsets: readonly number[]): TextRange {
  const from = offsets[start] ?? 0;
  return { start: from, end: (offsets[Math.max(end, start + 1) - 1] ?? from) + 1 };
}

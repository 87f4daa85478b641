import { itemsOf, valueOr } from "../schema/field-value.js";
import { compileValue } from "../compile/compile-value.js";
import { FAILED, SUCCEEDED } from "../expressions/cel-value.js";
import { createExpressionChecker, type ExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { ScopeType, TypeScope } from "../expressions/type-scope.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import type { MapItem } from "../schema/collections.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";

const STRING: ScopeType = { name: "string" };
const INT: ScopeType = { name: "int" };
const TIMESTAMP: ScopeType = { name: "timestamp" };
const ANY: ScopeType = { name: "any" };

/** What every expression may use, as the engine gives it. Secrets are known everywhere, so that a misuse is told as one. */
export const BASE_SCOPE: TypeScope = {
  run: record({
    id: STRING,
    number: INT,
    scheduled_at: TIMESTAMP,
    created_at: TIMESTAMP,
    started_at: TIMESTAMP,
    trigger: STRING,
    attempt: INT,
    commit: STRING,
    environment: STRING,
    url: STRING,
  }),
  workflow: record({ id: STRING, version: INT, owner: STRING }),
  secrets: ANY,
};

/** The response that `poll.until` asks about. */
const RESPONSE = record({ status: INT, headers: { name: "map", of: { name: "string" } }, body: ANY });

/** The checkers of a workflow, one for each set of names; made when first asked for. */
export interface ExpressionCheckers {
  readonly paramDefaults: (all: null) => ExpressionChecker;
  /** For a trigger; `joined` are the names of the signals of one with `all`, null for any other. */
  readonly triggers: (joined: readonly string[] | null) => ExpressionChecker;
  /** For the values of a level's steps. */
  readonly values: (level: StepLevel) => ExpressionChecker;
  /** The same with `succeeded()` and `failed()`. */
  readonly conditions: (level: StepLevel) => ExpressionChecker;
  readonly responses: (level: StepLevel) => ExpressionChecker;
}

/** The checkers for a workflow with these params. */
export function createCheckers(
  params: readonly MapItem<ParamFields>[],
  library: ExpressionLibrary,
): ExpressionCheckers {
  const base: TypeScope = { ...BASE_SCOPE, params: paramsType(params) };

  function checkerFor(scope: TypeScope): ExpressionChecker {
    return createExpressionChecker(scope, library);
  }

  const scopeOf = memo((level: StepLevel): TypeScope => ({
    ...base,
    signal: ANY,
    signals: ANY,
    steps: stepsType(level),
    each: eachType(level),
  }));

  function eachType(level: StepLevel): ScopeType {
    const { parent } = level;
    if (parent === null) return record({});
    const outer = eachType(parent.level);
    const variables = itemsOf(parent.fields.foreach).map(
      ({ key, value }) => [key, itemType(value.node, parent)] as const,
    );
    return record({
      ...("fields" in outer ? outer.fields : {}),
      ...Object.fromEntries(variables),
      index: INT,
    });
  }

  function itemType(items: SyntaxNode, step: StepNode): ScopeType {
    const compiled = compileValue(items);
    if (compiled.kind === "literal") return literalItemType(compiled.value);
    if (compiled.kind !== "expression") return ANY;
    const { type } = values(step.level).check(compiled.source);
    return type.name === "list" ? type.of : ANY;
  }

  const values = memo((level: StepLevel) => checkerFor(scopeOf(level)));
  return {
    values,
    conditions: memo((level) =>
      checkerFor({
        ...scopeOf(level),
        [SUCCEEDED]: { name: "bool" },
        [FAILED]: { name: "bool" },
      }),
    ),
    responses: memo((level) => checkerFor({ ...scopeOf(level), response: RESPONSE })),
    paramDefaults: memo(() => checkerFor(base)),
    triggers: (joined) => checkerFor({ ...BASE_SCOPE, ...signalScope(joined) }),
  };
}

function signalScope(joined: readonly string[] | null): TypeScope {
  if (joined === null) return { signal: ANY };
  return { signals: record(Object.fromEntries(joined.map((name) => [name, ANY]))) };
}

function paramsType(params: readonly MapItem<ParamFields>[]): ScopeType {
  return record(Object.fromEntries(params.map(({ key, value }) => [key, valueOr(value.value.type, ANY)])));
}

/** The scope of a template's body: its inputs, and what every expression may use. */
export function templateScope(inputs: Readonly<Record<string, ValueType>>): TypeScope {
  return { ...BASE_SCOPE, inputs: record(inputs) };
}

/** Steps of the level and of the levels around it; the nearer one counts where ids are equal. */
function stepsType(level: StepLevel): ScopeType {
  const fields: Record<string, ScopeType> = {};
  for (let at: StepLevel | null = level; at !== null; at = at.parent?.level ?? null) {
    for (const step of at.steps) {
      if (!Object.hasOwn(fields, step.id)) fields[step.id] = stepType(step);
    }
  }
  return record(fields);
}

function stepType(step: StepNode): ScopeType {
  return record({
    status: STRING,
    attempt: INT,
    started_at: TIMESTAMP,
    ended_at: TIMESTAMP,
    outputs: outputsType(step),
  });
}

/** A foreach gives the outputs of its steps as lists, in the order of its items. */
function outputsType(step: StepNode): ScopeType {
  if (step.inner === null) return record(step.outputs);
  return record(Object.fromEntries(step.inner.steps.map((inner) => [inner.id, listsOf(outputsType(inner))])));
}

function listsOf(type: ScopeType): ScopeType {
  if (type.name === "record") {
    return record(
      Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, listsOf(field)])),
    );
  }
  return { name: "list", of: type.name === "any" ? { name: "json" } : type };
}

function literalItemType(items: Json): ScopeType {
  const kinds = new Set(
    Array.isArray(items) ? items.map((item: Json) => (Number.isSafeInteger(item) ? "int" : typeof item)) : [],
  );
  const [kind] = kinds;
  if (kinds.size !== 1) return ANY;
  if (kind === "int" || kind === "string") return { name: kind };
  return kind === "number" ? { name: "double" } : ANY;
}

function record(fields: Readonly<Record<string, ScopeType>>): ScopeType & { readonly name: "record" } {
  return { name: "record", fields };
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

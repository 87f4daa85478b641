import { compileValue, typeOfLiteral } from "../compile/compile-value.js";
import { FAILED, SUCCEEDED } from "../expressions/cel-value.js";
import { createExpressionChecker, type ExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { ExpressionType, ScopeType, TypeScope } from "../expressions/type-scope.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { ValueType } from "../types/value-type.js";
import {
  ANY,
  BASE_SCOPE,
  DEFAULTS_SCOPE,
  INT,
  paramsType,
  record,
  RESPONSE,
  signalsType,
  TRIGGER_CONDITION_SCOPE,
  TRIGGER_SCOPE,
  triggerScope,
  stepsType,
  STRING,
  type RecordType,
} from "./expression-scope.js";

/** The checkers of a workflow, one for each set of names; made when first asked for. */
export interface ExpressionCheckers {
  readonly paramDefaults: (all: null) => ExpressionChecker;
  /** For the expressions of a trigger, which see what it waits for. */
  readonly triggers: (trigger: TriggerFields) => ExpressionChecker;
  /** For the condition of a trigger, which is asked before there is a run. */
  readonly triggerConditions: (trigger: TriggerFields) => ExpressionChecker;
  /** For the values of a level's steps. */
  readonly values: (level: StepLevel) => ExpressionChecker;
  /** The same with `succeeded()` and `failed()`. */
  readonly conditions: (level: StepLevel) => ExpressionChecker;
  readonly responses: (level: StepLevel) => ExpressionChecker;
  /** For the condition of a while, which sees the variables of its loop. */
  readonly whiles: (step: StepNode) => ExpressionChecker;
  /** The types of the variables of a while. */
  readonly loopTypes: (step: StepNode) => Readonly<Record<string, ValueType>>;
  /** The same for whoever has the fields of one of these steps only. */
  readonly loopTypesOf: (
    steps: readonly StepNode[],
  ) => (fields: StepFields) => Readonly<Record<string, ValueType>>;
}

/** The checkers for the expressions of a workflow. */
export function createCheckers(fields: WorkflowFields, library: ExpressionLibrary): ExpressionCheckers {
  const params = paramsType(itemsOf(fields.params));
  const base: TypeScope = { params, ...BASE_SCOPE };
  const triggered: TypeScope = { signal: ANY, signals: signalsType(itemsOf(fields.triggers)) };
  const checkerFor = (scope: TypeScope): ExpressionChecker => createExpressionChecker(scope, library);
  const values = memo((level: StepLevel) => checkerFor(scopeOf(level)));
  const { eachType, loopType, loopTypes } = createLoopScopes(values);

  const scopeOf = memo((level: StepLevel): TypeScope => ({
    steps: stepsType(level),
    each: eachType(level),
    loop: loopType(level.parent),
    ...triggered,
    ...base,
  }));

  return {
    values,
    conditions: memo((level) =>
      checkerFor({ [SUCCEEDED]: { name: "bool" }, [FAILED]: { name: "bool" }, ...scopeOf(level) }),
    ),
    responses: memo((level) => checkerFor({ response: RESPONSE, ...scopeOf(level) })),
    whiles: memo((step) => checkerFor({ ...scopeOf(step.level), loop: loopType(step) })),
    paramDefaults: memo(() => checkerFor({ params, ...DEFAULTS_SCOPE })),
    triggers: (trigger) => checkerFor({ ...TRIGGER_SCOPE, ...triggerScope(trigger) }),
    triggerConditions: (trigger) => checkerFor({ ...TRIGGER_CONDITION_SCOPE, ...triggerScope(trigger) }),
    loopTypes,
    loopTypesOf: (steps) => (written) => {
      const step = steps.find((candidate) => candidate.fields === written);
      return step === undefined ? {} : loopTypes(step);
    },
  };
}

interface LoopScopes {
  /** `each` for the steps of a level. */
  readonly eachType: (level: StepLevel) => RecordType;
  /** `loop` inside of a step: the variables of the loops around it, and of its own; none outside of all steps. */
  readonly loopType: (step: StepNode | null) => RecordType;
  readonly loopTypes: (step: StepNode) => Readonly<Record<string, ValueType>>;
}

/** The variables of loops, whose types are those of expressions that stand where the loop does. */
function createLoopScopes(values: (level: StepLevel) => ExpressionChecker): LoopScopes {
  function eachType({ parent }: StepLevel): RecordType {
    if (parent === null) return record({});
    const outer = eachType(parent.level);
    if (parent.fields.foreach === undefined) return outer;
    const variables = itemsOf(parent.fields.foreach).map(
      ({ key, value }) => [key, itemType(value.node, parent)] as const,
    );
    return record({ ...outer.fields, ...Object.fromEntries(variables), index: INT });
  }

  function loopType(step: StepNode | null): RecordType {
    if (step === null) return record({});
    const outer = loopType(step.level.parent);
    return step.fields.while === undefined ? outer : record({ ...outer.fields, ...loopTypes(step) });
  }

  const loopTypes = memo((step: StepNode): Readonly<Record<string, ValueType>> => {
    const variables = itemsOf(step.fields.vars);
    return Object.fromEntries(
      variables.map(({ key, value }) => [key, valueTypeOf(typeOf(value.node, step))]),
    );
  });

  function itemType(items: SyntaxNode, step: StepNode): ScopeType {
    const type = typeOf(items, step);
    return type.name === "list" && type.of.name !== "json" ? type.of : ANY;
  }

  function typeOf(node: SyntaxNode, step: StepNode): ScopeType {
    const compiled = compileValue(node);
    if (compiled.kind === "literal") return typeOfLiteral(compiled);
    if (compiled.kind !== "expression") return compiled.kind === "text" ? STRING : ANY;
    return memberType(values(step.level).check(compiled.source).type);
  }

  return { eachType, loopType, loopTypes };
}

function memberType(type: ExpressionType): ScopeType {
  switch (type.name) {
    case "any":
    case "null":
    case "record":
    case "optional":
      return ANY;
    default:
      return type;
  }
}

function valueTypeOf(type: ScopeType): ValueType {
  return type.name === "any" || type.name === "record" ? { name: "json" } : type;
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

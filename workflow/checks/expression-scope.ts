import type { ScopeType, TypeScope } from "../expressions/type-scope.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import type { ValueType } from "../types/value-type.js";

/** The type of text. */
export const STRING: ScopeType = { name: "string" };
/** The type of what counts. */
export const INT: ScopeType = { name: "int" };
const TIMESTAMP: ScopeType = { name: "timestamp" };
/** The type of what only the value can tell. */
export const ANY: ScopeType = { name: "any" };

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

const { secrets: SECRETS = ANY } = BASE_SCOPE;

/** What the defaults of params may use beside the params above: what is known of a run before it is created. */
export const DEFAULTS_SCOPE: TypeScope = {
  run: record({
    id: STRING,
    scheduled_at: TIMESTAMP,
    created_at: TIMESTAMP,
    trigger: STRING,
    attempt: INT,
    commit: STRING,
    environment: STRING,
  }),
  secrets: SECRETS,
};

/** What a trigger's `params` and `dedupe` may use beside its signals. */
export const TRIGGER_SCOPE: TypeScope = {
  run: record({ id: STRING, scheduled_at: TIMESTAMP, trigger: STRING }),
  secrets: SECRETS,
};

/** The same of its `if`, which is asked before there is a run. */
export const TRIGGER_CONDITION_SCOPE: TypeScope = { secrets: SECRETS };

/** The response that `poll.until` asks about. */
export const RESPONSE = record({ status: INT, headers: { name: "map", of: { name: "string" } }, body: ANY });

/** `params`, as the workflow declares them. */
export function paramsType(params: readonly MapItem<ParamFields>[]): ScopeType {
  return record(Object.fromEntries(params.map(({ key, value }) => [key, valueOr(value.value.type, ANY)])));
}

/** What the expressions of a trigger see of what started the run: nothing when a schedule or another run did. */
export function triggerScope(trigger: TriggerFields): TypeScope {
  if (trigger.all !== undefined) return { signals: signalsType([{ value: trigger }]) };
  return trigger.signal === undefined ? {} : { signal: ANY };
}

/** `signals`: which of several triggers started a run is known only when it runs, so the names of all count. */
export function signalsType(triggers: readonly Pick<Located<TriggerFields>, "value">[]): ScopeType {
  const names = triggers.flatMap(({ value }) => itemsOf(value.all).map(({ key }) => key));
  return record(Object.fromEntries(names.map((name) => [name, ANY])));
}

/** The scope of a template's body: its inputs, and what every expression may use. */
export function templateScope(inputs: Readonly<Record<string, ValueType>>): TypeScope {
  return { ...BASE_SCOPE, inputs: record(inputs) };
}

/** `steps`: those of the level and of the levels around it; the nearer one counts where ids are equal. */
export function stepsType(level: StepLevel): ScopeType {
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

/** A foreach gives the outputs of its steps as lists, in the order of its iterations; a while those of the last one. */
function outputsType(step: StepNode): ScopeType {
  if (step.inner !== null) {
    const isWhile = step.fields.while !== undefined;
    return record(
      Object.fromEntries(
        step.inner.steps.map((inner) => {
          const type = outputsType(inner);
          return [inner.id, isWhile ? type : listsOf(type)];
        }),
      ),
    );
  }
  // What cannot be found gives nobody knows what.
  const isLost = step.fields.workflow !== undefined && step.target === null;
  return isLost ? ANY : record(step.outputs);
}

function listsOf(type: ScopeType): ScopeType {
  if (type.name === "record") {
    return record(
      Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, listsOf(field)])),
    );
  }
  return type.name === "any" ? ANY : { name: "list", of: type };
}

/** A part of a scope that has just these members. */
export type RecordType = ScopeType & { readonly name: "record" };

/** The type of a record. */
export function record(fields: Readonly<Record<string, ScopeType>>): RecordType {
  return { name: "record", fields };
}

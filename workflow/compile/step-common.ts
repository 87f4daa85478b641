import type {
  CacheDefinition,
  EmitDefinition,
  GateDefinition,
  RetryPolicy,
  StepCommon,
} from "../definition/definition.js";
import type { ProjectDefaults } from "../project/project-defaults.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { matchConditions } from "../schema/match-operators.js";
import type { ValueType } from "../types/value-type.js";
import { compilePermits } from "./permits.js";
import { bareExpression, compileParams, compileText, compileValue } from "./compile-value.js";

/** The part that all kinds share, with every default filled in. */
export function stepCommon(id: string, fields: StepFields, defaults: ProjectDefaults): StepCommon {
  const isLeaf = fields.steps === undefined;
  return {
    id,
    needs: itemsOf(fields.needs).map((need) => need.value),
    require: valueOr(fields.require, "all_succeeded"),
    if: fields.if === undefined ? null : bareExpression(fields.if.value),
    retry: compileRetry(fields.retry, defaults.retry),
    timeoutMs: fields.timeout?.value ?? (isLeaf ? defaults.timeoutMs : null),
    outputs: compileOutputs(fields.outputs),
    emit: compileEmit(fields.emit),
    ignoreFailure: fields.failure_mode?.value === "ignore_failure",
    permits: compilePermits(fields.permits),
    waitFor: itemsOf(fields.wait_for).flatMap((gate) => compileGate(gate.value)),
    cache: compileCache(fields.cache),
    givenInputs: [],
  };
}

/** The policy as written, the project's where it is silent. */
export function compileRetry(retry: StepFields["retry"], defaults: RetryPolicy): RetryPolicy {
  // The same object for all steps that are silent: there are very many of them.
  if (retry === undefined) return defaults;
  const written = retry.value;
  return {
    errors: valueOr(written.errors, defaults.errors),
    platform: valueOr(written.platform, defaults.platform),
    timeouts: valueOr(written.timeouts, defaults.timeouts),
    delayMs: valueOr(written.delay, defaults.delayMs),
    backoff: valueOr(written.backoff, defaults.backoff),
    maxDelayMs: valueOr(written.max_delay, defaults.maxDelayMs),
  };
}

function compileOutputs(outputs: StepFields["outputs"]): Readonly<Record<string, ValueType>> {
  return Object.fromEntries(itemsOf(outputs).map(({ key, value }) => [key, value.value]));
}

function compileEmit(emit: StepFields["emit"]): readonly EmitDefinition[] {
  return itemsOf(emit).flatMap(({ value: { signal, params } }) =>
    signal === undefined ? [] : [{ signal: signal.value, params: compileParams(params) }],
  );
}

type GateFields = NonNullable<StepFields["wait_for"]>["value"][number]["value"];

function compileGate({ signal, match, lookback, timeout }: GateFields): readonly GateDefinition[] {
  if (signal === undefined) return [];
  return [
    {
      signal: signal.value,
      match: matchConditions(match).map(({ param, operator, node }) => ({
        param,
        operator,
        value: compileValue(node),
      })),
      lookbackMs: valueOr(lookback, null),
      timeoutMs: valueOr(timeout, null),
    },
  ];
}

function compileCache(cache: StepFields["cache"]): CacheDefinition | null {
  if (cache?.value.key === undefined) return null;
  return { key: compileText(cache.value.key.value), ttlMs: valueOr(cache.value.ttl, null) };
}

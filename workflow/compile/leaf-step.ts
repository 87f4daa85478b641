import { itemsOf, valueOr } from "../schema/field-value.js";
import type { EmitDefinition, RetryPolicy, StepCommon, StepDefinition } from "../definition/definition.js";
import type { EnvTemplate } from "../definition/value-template.js";
import type { MapItem } from "../schema/collections.js";
import type { Field } from "../schema/record.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { parseDuration } from "../types/duration.js";
import type { ValueType } from "../types/value-type.js";
import type { ProjectDefaults } from "../project/project-defaults.js";
import { compileParams } from "./compile-triggers.js";
import { bareExpression, compileEnv, compileText, compileValue, literal } from "./compile-value.js";
import type { StepSources } from "./step-sources.js";

/** The part that all kinds share, with every default filled in. */
export function stepCommon(id: string, fields: StepFields, defaults: ProjectDefaults): StepCommon {
  const isLeaf = fields.steps === undefined;
  return {
    id,
    name: valueOr(fields.name, null),
    needs: itemsOf(fields.needs).map((need) => need.value),
    require: valueOr(fields.require, "all_succeeded"),
    if: fields.if === undefined ? null : bareExpression(fields.if.value),
    retry: compileRetry(fields.retry, defaults.retry),
    timeoutMs: fields.timeout?.value ?? (isLeaf ? defaults.timeoutMs : null),
    outputs: compileOutputs(fields.outputs),
    emit: compileEmit(fields.emit),
    ignoreFailure: fields.failure_mode?.value === "ignore_failure",
  };
}

/** The step of its kind, for kinds without steps of their own; `noop` where it is missing, wrong or not executed yet. */
export function leafStep(common: StepCommon, fields: StepFields, sources: StepSources): StepDefinition {
  if (fields.run !== undefined) return runStep(common, fields, fields.run.value);
  if (fields.sql !== undefined) return sqlStep(common, fields.sql.value, sources);
  if (fields.http !== undefined) return httpStep(common, fields.http.value);
  if (fields.sleep !== undefined) return sleepStep(common, fields.sleep.node);
  return { ...common, kind: "noop" };
}

/** The policy as written, the project's where it is silent. */
export function compileRetry(retry: StepFields["retry"], defaults: RetryPolicy): RetryPolicy {
  const written = valueOr(retry, NOTHING_WRITTEN);
  return {
    errors: valueOr(written.errors, defaults.errors),
    platform: valueOr(written.platform, defaults.platform),
    timeouts: valueOr(written.timeouts, defaults.timeouts),
    delayMs: valueOr(written.delay, defaults.delayMs),
    backoff: valueOr(written.backoff, defaults.backoff),
    maxDelayMs: valueOr(written.max_delay, defaults.maxDelayMs),
  };
}

const NOTHING_WRITTEN: NonNullable<StepFields["retry"]>["value"] = {};

function compileOutputs(outputs: StepFields["outputs"]): Readonly<Record<string, ValueType>> {
  return Object.fromEntries(itemsOf(outputs).map(({ key, value }) => [key, value.value]));
}

function compileEmit(emit: StepFields["emit"]): readonly EmitDefinition[] {
  return itemsOf(emit).flatMap(({ value: { signal, params } }) =>
    signal === undefined ? [] : [{ signal: signal.value, params: compileParams(params) }],
  );
}

function runStep(common: StepCommon, fields: StepFields, script: string): StepDefinition {
  return {
    ...common,
    kind: "run",
    script,
    shell: valueOr(fields.shell, "sh"),
    env: compileEnvs(fields.env),
    workingDirectory: valueOr(fields.working_directory, null),
  };
}

function sqlStep(
  common: StepCommon,
  sql: NonNullable<StepFields["sql"]>["value"],
  sources: StepSources,
): StepDefinition {
  const file = valueOr(sql.file, null);
  const query = sql.query?.value ?? (file === null ? null : sources.readText(file, sources.file)) ?? "";
  return {
    ...common,
    kind: "sql",
    connection: valueOr(sql.connection, ""),
    query,
    file,
    params: compileParams(sql.params),
  };
}

function httpStep(common: StepCommon, http: NonNullable<StepFields["http"]>["value"]): StepDefinition {
  const { method, url, headers, body, expect, poll } = http;
  const until = poll?.value.until?.value;
  return {
    ...common,
    kind: "http",
    method: method?.value ?? (body === undefined ? "GET" : "POST"),
    url: compileText(valueOr(url, "")),
    headers: compileEnvs(headers),
    body: body === undefined ? null : compileValue(body.node),
    expect: itemsOf(expect).map((status) => status.value),
    poll:
      until === undefined
        ? null
        : { until: bareExpression(until), everyMs: valueOr(poll?.value.every, 30_000) },
  };
}

function sleepStep(common: StepCommon, node: SyntaxNode): StepDefinition {
  const until = node.kind === "map" ? node.entries.find((entry) => entry.key === "until")?.value : undefined;
  if (until !== undefined) return { ...common, kind: "sleep", sleep: { until: compileValue(until) } };
  const written = node.kind === "scalar" ? node.text : "";
  const forMs = parseDuration(written);
  if (forMs !== null) return { ...common, kind: "sleep", sleep: { forMs } };
  return {
    ...common,
    kind: "sleep",
    sleep: { until: written === "" ? literal(null) : compileText(written) },
  };
}

function compileEnvs(
  map: Field<readonly MapItem<SyntaxNode>[]> | undefined,
): Readonly<Record<string, EnvTemplate>> {
  return Object.fromEntries(itemsOf(map).map(({ key, value }) => [key, compileEnv(value.node)]));
}

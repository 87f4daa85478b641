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
    name: fields.name?.value ?? null,
    needs: (fields.needs?.value ?? []).map((need) => need.value),
    require: fields.require?.value ?? "all_succeeded",
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
  const written = retry?.value;
  return {
    errors: written?.errors?.value ?? defaults.errors,
    platform: written?.platform?.value ?? defaults.platform,
    timeouts: written?.timeouts?.value ?? defaults.timeouts,
    delayMs: written?.delay?.value ?? defaults.delayMs,
    backoff: written?.backoff?.value ?? defaults.backoff,
    maxDelayMs: written?.max_delay?.value ?? defaults.maxDelayMs,
  };
}

function compileOutputs(outputs: StepFields["outputs"]): Readonly<Record<string, ValueType>> {
  return Object.fromEntries((outputs?.value ?? []).map(({ key, value }) => [key, value.value]));
}

function compileEmit(emit: StepFields["emit"]): readonly EmitDefinition[] {
  return (emit?.value ?? []).flatMap(({ value: { signal, params } }) =>
    signal === undefined ? [] : [{ signal: signal.value, params: compileParams(params) }],
  );
}

function runStep(common: StepCommon, fields: StepFields, script: string): StepDefinition {
  return {
    ...common,
    kind: "run",
    script,
    shell: fields.shell?.value ?? "sh",
    env: compileEnvs(fields.env),
    workingDirectory: fields.working_directory?.value ?? null,
  };
}

function sqlStep(
  common: StepCommon,
  sql: NonNullable<StepFields["sql"]>["value"],
  sources: StepSources,
): StepDefinition {
  const file = sql.file?.value ?? null;
  const query = sql.query?.value ?? (file === null ? null : sources.readText(file, sources.file)) ?? "";
  return {
    ...common,
    kind: "sql",
    connection: sql.connection?.value ?? "",
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
    url: compileText(url?.value ?? ""),
    headers: compileEnvs(headers),
    body: body === undefined ? null : compileValue(body.node),
    expect: (expect?.value ?? []).map((status) => status.value),
    poll:
      until === undefined
        ? null
        : { until: bareExpression(until), everyMs: poll?.value.every?.value ?? 30_000 },
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
  return Object.fromEntries((map?.value ?? []).map(({ key, value }) => [key, compileEnv(value.node)]));
}

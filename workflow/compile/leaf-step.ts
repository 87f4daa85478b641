import type { StepCommon, StepDefinition, StepResources } from "../definition/definition.js";
import type { EnvTemplate } from "../definition/value-template.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { Field } from "../schema/record.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { parseDuration } from "../types/duration.js";
import {
  bareExpression,
  compileEnv,
  compileParams,
  compileText,
  compileValue,
  literal,
} from "./compile-value.js";
import type { StepSources } from "./step-sources.js";

/**
 * The step of its kind, for the kinds that a template may hold too; `noop` where it is missing or wrong. What is common comes
 * last in each, so that all steps of a kind are alike to V8: see docs/decisions/0013-spread-last.md.
 */
export function leafStep(common: StepCommon, fields: StepFields, sources: StepSources): StepDefinition {
  const pool = poolOf(valueOr(fields.pool, sources.defaults.pool));
  if (fields.run !== undefined) return runStep(common, fields, { script: fields.run.value, pool });
  if (fields.sql !== undefined) return sqlStep(common, fields.sql.value, { sources, pool });
  if (fields.http !== undefined) return httpStep(common, fields.http.value, pool);
  if (fields.notebook !== undefined) {
    return notebookStep(common, fields, { written: fields.notebook.value, sources, pool });
  }
  if (fields.plugin !== undefined) return pluginStep(common, fields.plugin.value, { sources, pool });
  if (fields.sleep !== undefined) return sleepStep(common, fields.sleep.node);
  return { kind: "noop", ...common };
}

/** The pool of steps that name none. */
export const DEFAULT_POOL = "default";

/** Whoever names it means no other than who names none. */
function poolOf(written: string | null): string | null {
  return written === DEFAULT_POOL ? null : written;
}

/** Null for the root of the repository. */
function folderOf(written: string | undefined): string | null {
  return written === undefined || written === "." || written === "./" ? null : written;
}

function runStep(
  common: StepCommon,
  fields: StepFields,
  { script, pool }: { readonly script: string; readonly pool: string | null },
): StepDefinition {
  return {
    kind: "run",
    script,
    shell: valueOr(fields.shell, "sh"),
    env: compileEnvs(fields.env),
    workingDirectory: folderOf(fields.working_directory?.value),
    image: valueOr(fields.image, null),
    resources: compileResources(fields.resources),
    pool,
    ...common,
  };
}

function sqlStep(
  common: StepCommon,
  sql: NonNullable<StepFields["sql"]>["value"],
  { sources, pool }: { readonly sources: StepSources; readonly pool: string | null },
): StepDefinition {
  const file = valueOr(sql.file, null);
  const connection = valueOr(sql.connection, "");
  const { connections } = sources.defaults;
  const query = sql.query?.value ?? (file === null ? null : sources.readText(file, sources.file)) ?? "";
  return {
    kind: "sql",
    connection,
    server: Object.hasOwn(connections, connection) ? (connections[connection] ?? null) : null,
    query,
    file,
    params: compileParams(sql.params),
    pool,
    ...common,
  };
}

function httpStep(
  common: StepCommon,
  http: NonNullable<StepFields["http"]>["value"],
  pool: string | null,
): StepDefinition {
  const { method, url, headers, body, expect, poll } = http;
  const until = poll?.value.until?.value;
  return {
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
    pool,
    ...common,
  };
}

interface NotebookPlace {
  readonly written: NonNullable<StepFields["notebook"]>["value"];
  readonly sources: StepSources;
  readonly pool: string | null;
}

function notebookStep(
  common: StepCommon,
  fields: StepFields,
  { written, sources, pool }: NotebookPlace,
): StepDefinition {
  const named = typeof written === "string" ? written : valueOr(written.file, "");
  return {
    kind: "notebook",
    file: sources.pathOf(named, sources.file) ?? named,
    fileHash: sources.hashOf(named, sources.file),
    params: typeof written === "string" ? {} : compileParams(written.params),
    image: valueOr(fields.image, null),
    resources: compileResources(fields.resources),
    pool,
    ...common,
  };
}

function pluginStep(
  common: StepCommon,
  plugin: NonNullable<StepFields["plugin"]>["value"],
  { sources, pool }: { readonly sources: StepSources; readonly pool: string | null },
): StepDefinition {
  const name = valueOr(plugin.kind, "");
  const { plugins } = sources.defaults;
  const inputs = Object.hasOwn(plugins, name) ? (plugins[name] ?? []) : [];
  const byDefault = inputs.map((input) => [input.name, input.default ?? literal(null)] as const);
  return {
    kind: "plugin",
    plugin: name,
    with: { ...Object.fromEntries(byDefault), ...compileEnvs(plugin.with) },
    inputs: Object.fromEntries(inputs.map((input) => [input.name, input.type])),
    pool,
    ...common,
  };
}

function sleepStep(common: StepCommon, node: SyntaxNode): StepDefinition {
  const until = node.kind === "map" ? node.entries.find((entry) => entry.key === "until")?.value : undefined;
  if (until !== undefined) return { kind: "sleep", sleep: { until: compileValue(until) }, ...common };
  const written = node.kind === "scalar" ? node.text : "";
  const forMs = parseDuration(written);
  if (forMs !== null) return { kind: "sleep", sleep: { forMs }, ...common };
  return {
    kind: "sleep",
    sleep: { until: written === "" ? literal(null) : compileText(written) },
    ...common,
  };
}

function compileEnvs(
  map: Field<readonly MapItem<SyntaxNode>[]> | undefined,
): Readonly<Record<string, EnvTemplate>> {
  return Object.fromEntries(itemsOf(map).map(({ key, value }) => [key, compileEnv(value.node)]));
}

function compileResources(resources: StepFields["resources"]): StepResources | null {
  if (resources === undefined) return null;
  const { cpu, memory, gpu } = resources.value;
  return { cpu: valueOr(cpu, null), memoryBytes: valueOr(memory, null), gpu: valueOr(gpu, null) };
}

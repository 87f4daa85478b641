import * as z from "zod";
import type { JsonObject } from "@headwater/workflow";
import { API_ERROR_STATUS, errorBody, type ApiErrorCode } from "./api-error.js";
import { backfill } from "./backfills.js";
import { permit, pool } from "./capacity.js";
import { deployment, finding } from "./deployments.js";
import { change } from "./events.js";
import { repository } from "./repositories.js";
import type { Route } from "./route.js";
import { API_PREFIX, ROUTES, type RouteName } from "./routes.js";
import { logLine, run, step } from "./runs.js";
import { wait } from "./waits.js";
import { version, workflow } from "./workflows.js";

/** Schemas that have a name of their own in the document. */
const COMPONENTS = {
  Backfill: backfill,
  Change: change,
  Deployment: deployment,
  Error: errorBody,
  Finding: finding,
  LogLine: logLine,
  Permit: permit,
  Pool: pool,
  Repository: repository,
  Run: run,
  Step: step,
  Version: version,
  Wait: wait,
  Workflow: workflow,
} as const;

const ANY_ROUTE_ERRORS: readonly ApiErrorCode[] = ["bad-request", "unauthorized", "forbidden", "internal"];

/** The contract as an OpenAPI 3.1 document, made from the table of routes: the same table, the same bytes. */
export function openApiDocument(): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const path = `${API_PREFIX}${route.path.replaceAll(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Headwater",
      version: "1",
      description: "Git-native data pipelines: a merge to main puts a workflow live.",
    },
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "headwater_session" },
      },
    },
    security: [{ token: [] }, { session: [] }],
  };
}

const NEEDING_NO_TOKEN: readonly string[] = ["getHealth", "signIn"] satisfies readonly RouteName[];

function operation(name: string, route: Route): JsonObject {
  const parameters = [...parametersIn("path", route.params), ...parametersIn("query", route.query)];
  return {
    operationId: name,
    summary: route.summary,
    ...(NEEDING_NO_TOKEN.includes(name) ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { content: { "application/json": { schema: schemaOf(route.body, "input") } } } }),
    responses: responses(route),
  };
}

function responses(route: Route): JsonObject {
  const answer =
    route.response === "event-stream"
      ? { "text/event-stream": { schema: { $ref: "#/components/schemas/Change" } } }
      : { "application/json": { schema: schemaOf(route.response, "output") } };
  const refusals: Record<string, JsonObject> = {};
  for (const [status, codes] of codesByStatus([...ANY_ROUTE_ERRORS, ...route.errors])) {
    refusals[status] = {
      description: codes.join(", "),
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    };
  }
  return { [String(route.status)]: { description: "As asked", content: answer }, ...refusals };
}

function codesByStatus(codes: readonly ApiErrorCode[]): ReadonlyMap<string, readonly ApiErrorCode[]> {
  const byStatus = new Map<string, ApiErrorCode[]>();
  for (const code of codes) {
    const status = String(API_ERROR_STATUS[code]);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function parametersIn(place: "path" | "query", schema: z.ZodObject | undefined): readonly JsonObject[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: plain(property),
  }));
}

/** A reference where the schema has a name, otherwise the schema, with references inside. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const named = namedSchemas();
  if (!named.has(schema)) named.add(schema, { id: "Asked" });
  const id = named.get(schema)?.id ?? "Asked";
  return id === "Asked" ? (renderSchemas(named, io)[id] ?? {}) : { $ref: referenceTo(id) };
}

function componentSchemas(): Readonly<Record<string, JsonObject>> {
  return renderSchemas(namedSchemas(), "output");
}

function namedSchemas(): z.core.$ZodRegistry<{ id: string }> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  return registry;
}

function renderSchemas(
  registry: z.core.$ZodRegistry<{ id: string }>,
  io: "input" | "output",
): Readonly<Record<string, JsonObject>> {
  const { schemas } = z.toJSONSchema(registry, { io, uri: referenceTo, unrepresentable: "any" });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)]));
}

function referenceTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** Plain data without what means nothing inside an OpenAPI document; our lists are read-only in TypeScript, not on the wire. */
function plain(schema: unknown): JsonObject {
  const dropped = ["$schema", "$id", "readOnly"];
  // A JSON schema is JSON, and an object at its top.
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (dropped.includes(key) ? undefined : value)),
  ) as JsonObject;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { API_PREFIX, ROUTES, type Route } from "@headwater/api";
import { ServiceError } from "../errors.js";
import type { Exchange, Handlers } from "./handler.js";
import { HOOK_BYTES_MAX } from "./hook-body.js";
import type { RouteDependencies } from "./http-dependencies.js";
import { BODY_BYTES_MAX } from "./read-whole.js";
import { guardWrite } from "./write-guard.js";

/** They store nothing, so they are answered also while the disk is full. */
const STORELESS_ROUTES: readonly string[] = ["signIn", "signOut"];
/** They clone, fetch or compile before they answer, or look at a hundred thousand slots. */
const SLOW_ROUTES: readonly string[] = [
  "addRepository",
  "changeRepository",
  "syncRepository",
  "confirmDeployment",
  "pinEnvironment",
  "unpinEnvironment",
  "createBackfill",
  "previewBackfill",
];

/** Registers every handler under the method and path that the table says, and validates what it gets by the table. */
export function registerRoutes(
  app: FastifyInstance,
  handlers: Handlers,
  dependencies: RouteDependencies,
): void {
  for (const name of Object.keys(handlers))
    registerRoute(app, name as keyof Handlers, { handlers, dependencies });
}

function registerRoute(
  app: FastifyInstance,
  name: keyof Handlers,
  { handlers, dependencies }: { readonly handlers: Handlers; readonly dependencies: RouteDependencies },
): void {
  const route: Route = ROUTES[name];
  // `parseRequest` checked the parts by this very route's schemas, which TypeScript cannot follow through a loop.
  const handler = handlers[name] as (request: ParsedParts, exchange: Exchange) => Promise<unknown>;
  const { health, clock } = dependencies;
  const isWrite = route.method !== "GET" && !STORELESS_ROUTES.includes(name);
  app.route({
    method: route.method,
    url: `${API_PREFIX}${route.path}`,
    exposeHeadRoute: false,
    bodyLimit: name === "hintGit" ? HOOK_BYTES_MAX : BODY_BYTES_MAX,
    handler: async (request, reply) => {
      const work = (): Promise<unknown> => handler(parseRequest(route, request), exchangeOf(request, reply));
      const answer = await (isWrite
        ? guardWrite(work, { health, clock, isSlow: SLOW_ROUTES.includes(name) })
        : work());
      return reply.code(route.status).header("cache-control", "no-store").send(answer);
    },
  });
}

function exchangeOf(request: FastifyRequest, reply: FastifyReply): Exchange {
  return {
    isSecure: request.headers["x-forwarded-proto"] === "https",
    address: request.ip,
    cookies: request.headers.cookie,
    header: (name) => request.headers[name]?.toString() ?? null,
    setCookie: (cookie) => void reply.header("set-cookie", cookie),
  };
}

interface ParsedParts {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** @throws ServiceError bad-request, naming every part that is wrong */
function parseRequest(route: Route, request: FastifyRequest): ParsedParts {
  return {
    params: parsePart(route.params, request.params, "path"),
    query: parsePart(route.query ?? z.strictObject({}), request.query, "query"),
    body: parsePart(route.body, bodyOf(route, request), "body"),
  };
}

/** A body whose every part has a default may be left out; of one that may be none at all that is no empty object. */
function bodyOf({ body }: Route, request: FastifyRequest): unknown {
  const isObject = body !== undefined && !body.safeParse(undefined).success && body.safeParse({}).success;
  return request.body ?? (isObject ? {} : undefined);
}

function parsePart(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${[part, ...issue.path].join(".")}: ${wordsOf(issue)}`,
  );
  throw new ServiceError("bad-request", `Cannot read the request: ${problems.join("; ")}`, {
    data: { part, problems: problems.join("\n") },
  });
}

/** What is wrong with a number in our words; all else in those of the library. */
function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return isOfNumber(issue.origin) ? `it must be ${issue.minimum} or more` : issue.message;
    case "too_big":
      return isOfNumber(issue.origin) ? `it must be ${issue.maximum} or less` : issue.message;
    case "invalid_type":
      return isOfNumber(issue.expected) ? "it must be a whole number" : issue.message;
    default:
      return issue.message;
  }
}

function isOfNumber(kind: string): boolean {
  return kind === "number" || kind === "int";
}

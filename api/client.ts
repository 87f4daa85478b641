import * as z from "zod";
import { ApiError } from "./api-error.js";
import type { ClientOptions } from "./client-options.js";
import type { ServiceEvent } from "./events.js";
import { followEvents } from "./follow-events.js";
import { readBody, refusal, send, unreachable, type AnyRequest } from "./request.js";
import type { Route, RouteAnswer, RouteRequest } from "./route.js";
import { ROUTES, type JsonRouteName, type RouteName, type Routes } from "./routes.js";

type Call<R extends Route> =
  object extends RouteRequest<R>
    ? (request?: RouteRequest<R> & Cancelable) => Promise<RouteAnswer<R>>
    : (request: RouteRequest<R> & Cancelable) => Promise<RouteAnswer<R>>;

interface Cancelable {
  readonly signal?: AbortSignal | undefined;
}

/** One method a route, named as in `ROUTES`. @throws ApiError */
export type Client = { readonly [Name in JsonRouteName]: Call<Routes[Name]> } & {
  /**
   * Changes after `lastId`, in order; null: from now on, beginning with a `reset`. A lost connection is taken up where it broke; when the
   * service stays away the iteration throws `service-unreachable`. Ends when `signal` aborts.
   */
  followEvents(lastId: string | null, signal: AbortSignal): AsyncIterable<ServiceEvent>;
};

/** The API as functions, typed by the table of routes; every answer is checked against it. */
export function createClient(options: ClientOptions): Client {
  const names = Object.keys(ROUTES).filter((name) => name !== "followEvents");
  const calls = names.map((name) => [
    name,
    (request: AnyRequest) => call(options, name as RouteName, request),
  ]);
  // The mapped type is what the loop above builds; TypeScript cannot follow it there.
  return {
    ...(Object.fromEntries(calls) as Omit<Client, "followEvents">),
    followEvents: (lastId: string | null, signal: AbortSignal) => followEvents(options, lastId, signal),
  };
}

async function call(options: ClientOptions, name: RouteName, request: AnyRequest = {}): Promise<unknown> {
  try {
    return await ask(options, ROUTES[name], request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    const failure = error instanceof ApiError ? error : unreachable(options.baseUrl, error);
    options.failed?.(failure);
    throw failure;
  }
}

async function ask(options: ClientOptions, route: Route, request: AnyRequest): Promise<unknown> {
  const response = await send(options, route, request);
  const body = await readBody(response);
  if (!response.ok) throw refusal(response.status, body);
  const parsed =
    route.response === "event-stream" ? null : route.response.safeParse(body, { reportInput: true });
  if (parsed?.success) return parsed.data;
  if (options.takesUnknownWords === true && parsed?.error.issues.every(isUnknownWord)) return body;
  throw new ApiError(
    "unexpected-answer",
    `Cannot read the answer to ${route.method} ${route.path}: ${parsed === null ? "it is a stream" : z.prettifyError(parsed.error)}`,
    {
      status: response.status,
    },
  );
}

/** A word where only some are known, also as the kind of something, or as a name in a map. */
function isUnknownWord(issue: z.core.$ZodIssue): boolean {
  switch (issue.code) {
    case "invalid_value":
      return typeof issue.input === "string";
    case "invalid_union":
      return issue.errors.length === 0;
    case "unrecognized_keys":
      return true;
    default:
      return false;
  }
}

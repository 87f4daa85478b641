import { ApiError, errorBody } from "./api-error.js";
import type { ClientOptions } from "./client-options.js";
import type { Route } from "./route.js";
import { API_PREFIX } from "./routes.js";

/** One request in the client's own words, before it is a URL. */
export interface AnyRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** @throws ApiError service-unreachable; whatever the signal's reason is when it aborts */
export async function send(options: ClientOptions, route: Route, request: AnyRequest): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json", ...request.headers };
  if (options.token) headers["authorization"] = `Bearer ${options.token}`;
  if (request.body !== undefined) headers["content-type"] = "application/json";
  try {
    return await options.fetch(urlOf(options.baseUrl, route, request), {
      method: route.method,
      headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw unreachable(options.baseUrl, error);
  }
}

function urlOf(baseUrl: string, route: Route, request: AnyRequest): string {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(request.params?.[name] ?? ""),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  const search = query.size === 0 ? "" : `?${query}`;
  return `${baseUrl.replace(/\/+$/, "")}${API_PREFIX}${path}${search}`;
}

/** There was no answer; says what to do about it. */
export function unreachable(baseUrl: string, cause: unknown): ApiError {
  return new ApiError(
    "service-unreachable",
    `Cannot reach the service at ${baseUrl}: ${reasonOf(cause)}. Start it with "headwater serve", or say where it is with --url or HEADWATER_URL`,
    { status: 0, cause },
  );
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // Of https://fetch.spec.whatwg.org/#port-blocking, in the words of Node.js.
  if (cause.message === "bad port")
    return "no client of HTTP may use its port, which belongs to another protocol";
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}

/** @throws ApiError unexpected-answer when it is not JSON; whatever ends the connection before the answer is whole */
export async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(
      "unexpected-answer",
      `Cannot read the answer of ${response.url}: status ${response.status}, not JSON. Is this the address of a Headwater service?`,
      { status: response.status },
    );
  }
}

/** The error that a refused request throws. */
export function refusal(status: number, body: unknown): ApiError {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success)
    return new ApiError("unexpected-answer", `The service answered status ${status}`, { status });
  const { code, message, data } = parsed.data.error;
  return new ApiError(code, message, { status, data });
}

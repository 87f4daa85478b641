const METHODS = "GET, POST, PUT, DELETE";
const HEADERS = "authorization, content-type, last-event-id";
const PREFLIGHT_SECONDS = 600;

/** What a page asks before it asks, by https://fetch.spec.whatwg.org/#http-cors-protocol. */
export interface CrossOriginRequest {
  readonly method: string;
  readonly origin: string | undefined;
  /** `Access-Control-Request-Method`: there when the browser only asks whether it may. */
  readonly wantedMethod: string | undefined;
}

/**
 * The headers by which a browser lets a page of a named origin read the answer; null for all others, which stay shut out. Never
 * for credentials: such a page must carry the token itself, and a cookie of our own page does not count for it.
 */
export function crossOriginHeaders(
  allowed: readonly string[],
  { method, origin, wantedMethod }: CrossOriginRequest,
): Readonly<Record<string, string>> | null {
  if (origin === undefined || !allowed.some((pattern) => isMatch(pattern, origin))) return null;
  const granted = { "access-control-allow-origin": origin, vary: "Origin" };
  if (!isPreflight({ method, wantedMethod })) return granted;
  return {
    ...granted,
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": HEADERS,
    "access-control-allow-private-network": "true",
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
}

/** Whether a browser only asks whether it may ask. */
export function isPreflight({
  method,
  wantedMethod,
}: Pick<CrossOriginRequest, "method" | "wantedMethod">): boolean {
  return method === "OPTIONS" && wantedMethod !== undefined;
}

/** Whether a text is an origin, or one with `*.` for any host below a domain, such as `https://*.vscode-cdn.net`. */
export function isOriginPattern(text: string): boolean {
  const sample = text.replace("://*.", "://any.");
  return /^https?:[^*]*$/.test(sample) && URL.canParse(sample) && new URL(sample).origin === sample;
}

function isMatch(pattern: string, origin: string): boolean {
  const [scheme = "", domain] = pattern.split("://*.");
  if (domain === undefined) return pattern === origin;
  const start = `${scheme}://`;
  return (
    origin.startsWith(start) &&
    origin.endsWith(`.${domain}`) &&
    /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(origin.slice(start.length, -domain.length - 1))
  );
}

import { ServiceError } from "../errors.js";
import { isSameSecret } from "./secret.js";

/** What a request says of itself and of where it comes from: its method, and headers. */
export interface RequestOrigin {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: what the browser itself says of the page that asks; no page can set it. */
  readonly fetchSite: string | undefined;
}

/**
 * Who may ask. With a token: whoever carries it, or a browser that has signed in with it. Without one the service
 * listens on loopback only, and what can still reach it from outside is a web page in a browser on this machine: a
 * page of another origin is refused, and so is a foreign host name that was made to point here (DNS rebinding).
 * @throws ServiceError unauthorized, forbidden
 */
export function checkAccess(
  token: string | null,
  request: RequestOrigin,
  hasSession: (cookies: string | undefined) => boolean,
): void {
  if (token === null) return checkNearness(request);
  if (request.authorization === undefined && hasSession(request.cookie)) return checkOwnPage(request);
  checkBearer([token], request.authorization);
}

/** Whether a request carries one of these secrets as its bearer token. @throws ServiceError unauthorized */
export function checkBearer(secrets: readonly string[], authorization: string | undefined): void {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (given !== undefined && secrets.filter((secret) => isSameSecret(given, secret)).length > 0) return;
  throw new ServiceError(
    "unauthorized",
    given === undefined
      ? 'Cannot answer: the request carries no token. Send "Authorization: Bearer …" with the service\'s HEADWATER_TOKEN, or sign in on the page'
      : "Cannot answer: the token is not the service's HEADWATER_TOKEN",
  );
}

function checkNearness({ host, origin }: RequestOrigin): void {
  if (!isLoopbackHost(host)) {
    throw new ServiceError(
      "forbidden",
      `Cannot answer a request for host "${host ?? ""}": without HEADWATER_TOKEN only localhost, 127.0.0.1 and [::1] are served`,
    );
  }
  if (origin !== undefined && origin !== `http://${host}`) throw foreignPage(origin);
}

/**
 * A cookie is sent with whatever the browser asks, and "same site" is any port of this machine. So what changes
 * something must come from our own page, as the browser says; a caller that is no browser sends the bearer token.
 */
function checkOwnPage({ method, host, origin, fetchSite }: RequestOrigin): void {
  if (method === "GET" || method === "HEAD" || fetchSite === "same-origin") return;
  if (
    fetchSite === undefined &&
    origin !== undefined &&
    URL.canParse(origin) &&
    new URL(origin).host === host
  )
    return;
  throw foreignPage(origin ?? "");
}

function foreignPage(origin: string): ServiceError {
  return new ServiceError(
    "forbidden",
    `Cannot answer a request from "${origin}": pages of other origins may not use this service`,
  );
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? "").toLowerCase().replace(/:\d{1,5}$/, "");
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

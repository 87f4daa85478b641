import { createHash, timingSafeEqual } from "node:crypto";
import { ServiceError } from "../errors.js";

/** What a request says of itself and of where it comes from. */
export interface RequestOrigin {
  readonly authorization: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Who may ask. With a token: whoever carries it. Without one the service listens on loopback only, and what can still
 * reach it from outside is a web page in a browser on this machine: a page of another origin is refused, and so is a
 * foreign host name that was made to point here (DNS rebinding).
 * @throws ServiceError unauthorized, forbidden
 */
export function checkAccess(token: string | null, request: RequestOrigin): void {
  if (token !== null) return checkToken(token, request.authorization);
  if (!isLoopbackHost(request.host)) {
    throw new ServiceError(
      "forbidden",
      `Cannot answer a request for host "${request.host ?? ""}": without HEADWATER_TOKEN only localhost, 127.0.0.1 and [::1] are served`,
    );
  }
  if (request.origin !== undefined && request.origin !== `http://${request.host}`) {
    throw new ServiceError(
      "forbidden",
      `Cannot answer a request from "${request.origin}": pages of other origins may not use this service`,
    );
  }
}

function checkToken(token: string, authorization: string | undefined): void {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (given !== undefined && isSameSecret(given, token)) return;
  throw new ServiceError(
    "unauthorized",
    given === undefined
      ? 'Cannot answer: the request carries no token. Send "Authorization: Bearer …" with the service\'s HEADWATER_TOKEN'
      : "Cannot answer: the token is not the service's HEADWATER_TOKEN",
  );
}

/** In constant time: how long it takes tells nothing of how much was right. Hashes make the lengths equal. */
function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? "").toLowerCase().replace(/:\d{1,5}$/, "");
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

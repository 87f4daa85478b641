import type { JsonRouteName, ParsedRequest, RouteAnswer, Routes } from "@headwater/api";

/** What else there is to an exchange than the parts of a request and its answer: only signing in and out needs it. */
export interface Exchange {
  /** The browser came by HTTPS, as a proxy before the service says. */
  readonly isSecure: boolean;
  /** The address at the other end of the connection, which is that of a proxy where there is one. */
  readonly address: string;
  /** The `Cookie` header. */
  readonly cookies: string | undefined;
  /** A header by its name in lower case; null when it did not come. */
  readonly header: (name: string) => string | null;
  /** Sends a cookie with the answer. */
  readonly setCookie: (cookie: string) => void;
}

/** Answers one route; the request is validated and complete. @throws ServiceError, StoreError */
export type Handler<Name extends JsonRouteName> = (
  request: ParsedRequest<Routes[Name]>,
  exchange: Exchange,
) => Promise<RouteAnswer<Routes[Name]>>;

/** One handler for every route of the table but the stream and the hooks of hosts, whose bytes are signed: a route without one does not compile. */
export type Handlers = {
  readonly [Name in Exclude<JsonRouteName, "receiveGithub" | "receiveGitlab">]: Handler<Name>;
};

import type { JsonRouteName, ParsedRequest, RouteAnswer, Routes } from "@headwater/api";

/** Answers one route; the request is validated and complete. @throws ServiceError, StoreError */
export type Handler<Name extends JsonRouteName> = (
  request: ParsedRequest<Routes[Name]>,
) => Promise<RouteAnswer<Routes[Name]>>;

/** One handler for every route of the table but the stream: a route without one does not compile. */
export type Handlers = { readonly [Name in JsonRouteName]: Handler<Name> };

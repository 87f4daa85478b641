import type * as z from "zod";
import type { ApiErrorCode } from "./api-error.js";

/** One row of the contract. The server validates by it, the client is typed by it, the OpenAPI document is made from it. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, with `:name` for what `params` holds. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** HTTP status of the answer that was asked for. */
  readonly status: 200 | 201 | 202;
  /** `event-stream`: server-sent events, whose data are `ChangeEvent`s. */
  readonly response: z.ZodType | "event-stream";
  /** Beside those that any route may answer: bad-request, unauthorized, forbidden, internal. */
  readonly errors: readonly ApiErrorCode[];
}

type Part<R, Key extends string, Mode extends "input" | "output"> = R extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? Mode extends "output"
    ? { readonly [K in Key]: z.output<Schema> }
    : object extends z.input<Schema>
      ? { readonly [K in Key]?: z.input<Schema> }
      : { readonly [K in Key]: z.input<Schema> }
  : unknown;

/** What a caller passes: parts with defaults may be left out. */
export type RouteRequest<R extends Route> = Part<R, "params", "input"> &
  Part<R, "query", "input"> &
  Part<R, "body", "input">;

/** What a handler gets: validated, defaults filled in. */
export type ParsedRequest<R extends Route> = Part<R, "params", "output"> &
  Part<R, "query", "output"> &
  Part<R, "body", "output">;

/** What the answer holds. */
export type RouteAnswer<R extends Route> = R extends { readonly response: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : never;

import * as z from "zod";
import type { Json } from "@headwater/workflow";

/** Any JSON value. What arrives was JSON already, so only its absence is refused. */
export const json = z.custom<Json>((value) => value !== undefined).meta({ description: "Any JSON value" });

/** Names to JSON values: params, outputs. */
export const jsonObject = z.record(z.string(), json);

/** An instant: milliseconds since 1970 in UTC. */
export const epochMs = z.int().meta({ description: "Milliseconds since 1970-01-01T00:00:00Z" });

/** Who did something, when and why. */
export const acted = z.object({ by: z.string(), reason: z.string(), at: epochMs });

/** The environment that is meant where none is named. */
export const DEFAULT_ENVIRONMENT = "production";

/** The environment that a request speaks of. */
export const environment = z.string().min(1).max(63).default(DEFAULT_ENVIRONMENT);

/** How many rows one page holds: 50 unless told, at most 1,000. */
export const limit = z.coerce.number<number | string>().int().min(1).max(1000).default(50);

/** A text in a path or a query: never empty, never a book. */
export const shortText = z.string().min(1).max(1000);

/** A list that nobody changes. */
export function list<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item).readonly();
}

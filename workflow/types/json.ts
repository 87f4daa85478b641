/** Plain data as it is stored, sent and shown. Dates are `YYYY-MM-DD`, timestamps RFC 3339 in UTC, durations `1h30m`. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** `Array.isArray` says nothing of lists that are only read. */
export function isJsonList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export interface JsonObject {
  readonly [key: string]: Json;
}

import { createHash } from "node:crypto";
import type { Json } from "@headwater/workflow";

const DIGITS = 32;

/** `prefix_` and 128 bits of a hash: equal for equal values, whatever the order of their keys. */
export function stableId(prefix: string, value: Json): string {
  return `${prefix}_${createHash("sha256")
    .update(JSON.stringify(sortKeys(value)))
    .digest("hex")
    .slice(0, DIGITS)}`;
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

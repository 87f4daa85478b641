import { canonicalJson } from "../compile/canonical-json.js";
import type { Json } from "../types/json.js";

/** What holds of the values of a param beside their type. */
export interface ValueLimits {
  readonly options?: readonly Json[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What is wrong with a value that a param is given, beside its type; null when nothing is. */
export function valueProblem(
  value: Json,
  { options, min = -Infinity, max = Infinity }: ValueLimits,
): string | null {
  const allowed = options?.map((option) => canonicalJson(option));
  if (allowed !== undefined && !allowed.includes(canonicalJson(value))) {
    return `must be one of ${allowed.join(", ").slice(0, 200)}`;
  }
  if (typeof value !== "number") return null;
  if (value < min) return `must be at least ${min}`;
  return value > max ? `must be at most ${max}` : null;
}

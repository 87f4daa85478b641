import { isDate } from "@headwater/workflow";
import type { Json } from "@headwater/workflow";

/** Param → the values that it takes, each with each value of the others. */
export type ParamChoices = Readonly<Record<string, readonly Json[]>>;

/** From a date to a date, day by day, or from a whole number to another, both included. */
export interface ValueRange {
  readonly from: string | number;
  readonly to: string | number;
  /** So many days, or so much; default 1. */
  readonly step?: number | undefined;
}

/** What one param of a backfill may be given. */
export type WrittenChoices = readonly Json[] | ValueRange;

const DAY_MS = 86_400_000;

/** So many values of one param. */
export const CHOICES_MAX = 10_000;

/** How many combinations there are. */
export function countCombinations(choices: ParamChoices): number {
  return Object.values(choices).reduce((count, values) => count * values.length, 1);
}

/** The combination at a place, 0 and up: the last param changes first. */
export function combinationAt(choices: ParamChoices, place: number): Readonly<Record<string, Json>> {
  const params: Record<string, Json> = {};
  let rest = place;
  for (const [name, values] of Object.entries(choices).toReversed()) {
    params[name] = values[rest % values.length] ?? null;
    rest = Math.floor(rest / values.length);
  }
  return params;
}

/** The values that were meant; or what is wrong with them, in words that go on after the quoted name of the param. */
export function readChoices(
  written: WrittenChoices,
):
  | { readonly ok: true; readonly values: readonly Json[] }
  | { readonly ok: false; readonly message: string } {
  const values = "from" in written ? valuesOf(written) : written;
  if (values === null) return { ok: false, message: NO_RANGE };
  if (values.length === 0) return { ok: false, message: "has no values" };
  if (values.length <= CHOICES_MAX) return { ok: true, values };
  return { ok: false, message: `has ${values.length} values, at most ${CHOICES_MAX} are allowed` };
}

const NO_RANGE =
  "must be a range from a date to a date, or from a whole number to another, such as 2026-01-01..2026-03-31 or 1..10, by a step of 1 or more";

function valuesOf({ from, to, step = 1 }: ValueRange): readonly Json[] | null {
  if (!Number.isInteger(step) || step < 1) return null;
  if (typeof from === "number" && typeof to === "number") {
    return [from, to].every(Number.isSafeInteger) ? numbers(from, to, step) : null;
  }
  return typeof from === "string" && typeof to === "string" ? daysBetween(from, to, step) : null;
}

function daysBetween(from: string, to: string, step: number): readonly string[] | null {
  if (![from, to].every(isDate)) return null;
  const days = numbers(Date.parse(from) / DAY_MS, Date.parse(to) / DAY_MS, step);
  return days.map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10));
}

/** One more than are allowed is enough to refuse them. */
function numbers(from: number, to: number, step: number): readonly number[] {
  const count = Math.max(0, Math.floor((to - from) / step) + 1);
  return Array.from({ length: Math.min(count, CHOICES_MAX + 1) }, (_, index) => from + index * step);
}

import type { CelDuration, CelValue } from "../cel-value.js";
import { Duration } from "@marcbachmann/cel-js/evaluator";
import { FunctionError } from "./function-definition.js";

/** The argument at that place (the receiver of a method comes first), which the signature says is a string. */
export function textAt(args: readonly CelValue[], index: number): string {
  const value = args[index];
  return typeof value === "string" ? value : refuse(index, "a string");
}

/** As `textAt`, for timestamps. */
export function instantAt(args: readonly CelValue[], index: number): Date {
  const value = args[index];
  return value instanceof Date ? value : refuse(index, "a timestamp");
}

/** As `textAt`, for durations. */
export function durationAt(args: readonly CelValue[], index: number): CelDuration {
  const value = args[index];
  return value instanceof Duration ? value : refuse(index, "a duration");
}

/** As `textAt`, for ints; those beyond 2^53 are refused. */
export function intAt(args: readonly CelValue[], index: number): number {
  const value = args[index];
  const number = typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : refuse(index, "an int below 2^53");
}

function refuse(index: number, what: string): never {
  throw new FunctionError(`argument ${index + 1} must be ${what}`);
}

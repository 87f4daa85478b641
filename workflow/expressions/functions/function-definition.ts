import type { TimeZones } from "../../types/time-zones.js";
import type { CelValue, Scope } from "../cel-value.js";
import type { Meter } from "../meter.js";

/** A function of ours in expressions. Deterministic: it knows its arguments and nothing else. */
export interface FunctionDefinition {
  readonly name: string;
  /** One or two sentences for hover and reference, in Markdown. */
  readonly doc: string;
  /** One for hover. */
  readonly example: string;
  readonly overloads: readonly FunctionOverload[];
}

export interface FunctionOverload {
  /** In the words of the CEL library, with `timestamp` and `duration` short: `timestamp.date(string): string`. */
  readonly signature: string;
  /** The library has found the arguments to be of the types in the signature. @throws FunctionError */
  readonly evaluate: (args: readonly CelValue[], host: FunctionHost) => CelValue;
}

/** What a function may use of the evaluation that calls it. */
export interface FunctionHost {
  readonly meter: Meter;
  readonly scope: Scope;
  readonly zones: TimeZones;
  /** Whether a text holds a match of an RE2 pattern. @throws FunctionError when it is no such pattern */
  matches(text: string, pattern: string): boolean;
}

/** What a function finds wrong with its arguments. Thrown, for CEL has no other way: `||` and `exists` may forgive it. */
export class FunctionError extends Error {
  readonly code = "EXPRESSION_FUNCTION";
}

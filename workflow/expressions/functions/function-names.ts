import { EXPRESSION_FUNCTIONS } from "./expression-functions.js";

/** The functions and macros of CEL and of its library's strings and optionals that belong to our subset. */
const CEL_FUNCTIONS = [
  "all",
  "bool",
  "double",
  "dyn",
  "endsWith",
  "exists",
  "exists_one",
  "filter",
  "has",
  "hasValue",
  "lowerAscii",
  "map",
  "none",
  "of",
  "optFlatMap",
  "optMap",
  "or",
  "orValue",
  "size",
  "startsWith",
  "substring",
  "trim",
  "upperAscii",
  "value",
] as const;

/** Every function that an expression may call. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...CEL_FUNCTIONS,
  ...EXPRESSION_FUNCTIONS.map((definition) => definition.name),
]);

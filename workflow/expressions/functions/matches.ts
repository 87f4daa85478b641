import { textAt } from "./arguments.js";
import type { FunctionDefinition } from "./function-definition.js";

/** Replaces CEL's own, which is a backtracking RegExp in the library. */
export const MATCHES: FunctionDefinition = {
  name: "matches",
  doc: "Whether the text holds a match of an [RE2](https://github.com/google/re2/wiki/Syntax) regular expression.",
  example: 'params.table.matches("^raw\\\\.")',
  overloads: [
    {
      signature: "string.matches(string): bool",
      evaluate: (args, host) => host.matches(textAt(args, 0), textAt(args, 1)),
    },
    {
      signature: "matches(string, string): bool",
      evaluate: (args, host) => host.matches(textAt(args, 0), textAt(args, 1)),
    },
  ],
};

import { textAt } from "./arguments.js";
import type { FunctionDefinition } from "./function-definition.js";

/** As in CEL's strings; the library changes all letters. */
export const ASCII_CASE: readonly FunctionDefinition[] = [
  {
    name: "lowerAscii",
    doc: "The text with the letters A to Z in lower case.",
    example: "params.table.lowerAscii()",
    overloads: [
      {
        signature: "string.lowerAscii(): string",
        evaluate: (args) => textAt(args, 0).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
      },
    ],
  },
  {
    name: "upperAscii",
    doc: "The text with the letters a to z in upper case.",
    example: "params.table.upperAscii()",
    overloads: [
      {
        signature: "string.upperAscii(): string",
        evaluate: (args) => textAt(args, 0).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
      },
    ],
  },
];

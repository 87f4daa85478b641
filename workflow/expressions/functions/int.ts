import { instantAt, textAt } from "./arguments.js";
import type { FunctionDefinition } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";

/** CEL's own, with timestamps, and with the limits of an int: the library takes `""` for 0, and doubles of any size. */
export const INT: FunctionDefinition = {
  name: "int",
  doc: "A value as an int: doubles lose their fraction, timestamps are seconds since 1970, texts are decimal digits.",
  example: "int(params.share * 100.0)",
  overloads: [
    { signature: "int(int): int", evaluate: ([value = null]) => value },
    { signature: "int(double): int", evaluate: ([value]) => intOfDouble(Number(value)) },
    { signature: "int(string): int", evaluate: (args) => intOfText(textAt(args, 0)) },
    {
      signature: "int(timestamp): int",
      evaluate: (args) => BigInt(Math.floor(instantAt(args, 0).getTime() / 1000)),
    },
  ],
};

function intOfDouble(value: number): bigint {
  if (Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value));
  throw new FunctionError(`int() is given ${value}, which is no int of 64 bits`);
}

function intOfText(text: string): bigint {
  const value = /^[+-]?\d{1,20}$/.test(text) ? BigInt(text) : null;
  if (value !== null && BigInt.asIntN(64, value) === value) return value;
  throw new FunctionError("int() is given a text that is no int of 64 bits");
}

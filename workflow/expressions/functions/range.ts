import type { CelValue } from "../cel-value.js";
import { intAt } from "./arguments.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";

const RANGE_LENGTH_MAX = 100_000;

export const RANGE: FunctionDefinition = {
  name: "range",
  doc: "The ints from the first up to, not including, the second, by the third; `range(n)` starts at 0.",
  example: "range(0, 10)",
  overloads: [
    { signature: "range(int): list<int>", evaluate: (args, host) => ints([0, intAt(args, 0), 1], host) },
    {
      signature: "range(int, int): list<int>",
      evaluate: (args, host) => ints([intAt(args, 0), intAt(args, 1), 1], host),
    },
    {
      signature: "range(int, int, int): list<int>",
      evaluate: (args, host) => ints([intAt(args, 0), intAt(args, 1), intAt(args, 2)], host),
    },
  ],
};

function ints([first, end, step]: readonly [number, number, number], host: FunctionHost): CelValue {
  if (step === 0) throw new FunctionError("range() must go by a step other than 0");
  const count = Math.max(0, Math.ceil((end - first) / step));
  if (count > RANGE_LENGTH_MAX) {
    throw new FunctionError(`range() has ${count} ints; the limit is ${RANGE_LENGTH_MAX}`);
  }
  host.meter.spend(count);
  return Array.from({ length: count }, (_, index) => BigInt(first + index * step));
}

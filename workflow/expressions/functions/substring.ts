import type { CelValue } from "../cel-value.js";
import { intAt, textAt } from "./arguments.js";
import { unitOfPlace } from "./text-places.js";
import type { FunctionDefinition } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";

/** As in CEL's strings, which count characters; the library counts UTF-16 units. */
export const SUBSTRING: FunctionDefinition = {
  name: "substring",
  doc: "The part of a text from one character up to, not including, another, or the end; counted from 0.",
  example: "params.date.substring(0, 4)",
  overloads: [
    {
      signature: "string.substring(int): string",
      evaluate: (args) => textAt(args, 0).slice(unitAt(args, 1, "start")),
    },
    {
      signature: "string.substring(int, int): string",
      evaluate: (args) => {
        const start = unitAt(args, 1, "start");
        const end = unitAt(args, 2, "end");
        if (end < start) throw outside("end");
        return textAt(args, 0).slice(start, end);
      },
    },
  ],
};

function unitAt(args: readonly CelValue[], index: number, which: "start" | "end"): number {
  const unit = unitOfPlace(textAt(args, 0), intAt(args, index));
  if (unit === null) throw outside(which);
  return unit;
}

function outside(which: "start" | "end"): FunctionError {
  return new FunctionError(`substring() has its ${which} outside of the text`);
}

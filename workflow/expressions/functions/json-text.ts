import { checkValue } from "../../types/check-value.js";
import type { Json } from "../../types/json.js";
import type { CelValue } from "../cel-value.js";
import { fromCelValue, toCelValue } from "../cel-value.js";
import { textAt } from "./arguments.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";
import { celValueOfLargeInts, mayHoldLargeInts } from "./large-ints.js";

export const JSON_FUNCTION: FunctionDefinition = {
  name: "json",
  doc: "Any value as JSON text.",
  example: "json(params.countries)",
  overloads: [
    { signature: "json(dyn): string", evaluate: ([value]) => JSON.stringify(fromCelValue(value ?? null)) },
  ],
};

export const PARSE_JSON: FunctionDefinition = {
  name: "parse_json",
  doc: "The value that a JSON text stands for: whole numbers become ints; one beyond 64 bits is an error.",
  example: `parse_json('{"rows": 5}').rows`,
  overloads: [
    { signature: "parse_json(string): dyn", evaluate: (args, host) => readJson(textAt(args, 0), host) },
  ],
};

function readJson(text: string, host: FunctionHost): CelValue {
  host.meter.spend(text.length / 8);
  try {
    // What JSON.parse gives is Json by definition.
    const value = JSON.parse(text) as Json;
    if (checkValue(value, { name: "json" }) === null)
      return mayHoldLargeInts(text) ? celValueOfLargeInts(text) : toCelValue(value, { name: "json" });
  } catch (error) {
    if (error instanceof FunctionError) throw error;
    throw new FunctionError("parse_json() got a text that is not JSON", { cause: error });
  }
  throw new FunctionError("parse_json() got JSON that nests too deep");
}

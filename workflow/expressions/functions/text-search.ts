import type { CelValue } from "../cel-value.js";
import { intAt, textAt } from "./arguments.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";
import { placeOfUnit, unitOfPlace } from "./text-places.js";

const TEXT_LENGTH_MAX = 1_048_576;
/** Looking for one text in another may cost time in proportion to both. */
const PRODUCT_A_STEP = 1000;

/** Functions of CEL's strings that the library has too, but at no price: here each pays before it begins. */
export const TEXT_SEARCH: readonly FunctionDefinition[] = [
  {
    name: "contains",
    doc: "Whether the text holds the other.",
    example: 'params.table.contains("raw")',
    overloads: [
      {
        signature: "string.contains(string): bool",
        evaluate: (args, host) => haystack(args, host).includes(textAt(args, 1)),
      },
    ],
  },
  {
    name: "indexOf",
    doc: "Where the text holds the other first, from a place on; -1 where it does not.",
    example: 'params.table.indexOf(".")',
    overloads: [
      {
        signature: "string.indexOf(string): int",
        evaluate: (args, host) => placeIn(args, haystack(args, host).indexOf(textAt(args, 1))),
      },
      {
        signature: "string.indexOf(string, int): int",
        evaluate: (args, host) => placeIn(args, haystack(args, host).indexOf(textAt(args, 1), unitAt(args))),
      },
    ],
  },
  {
    name: "lastIndexOf",
    doc: "Where the text holds the other last, up to a place; -1 where it does not.",
    example: 'params.file.lastIndexOf("/")',
    overloads: [
      {
        signature: "string.lastIndexOf(string): int",
        evaluate: (args, host) => placeIn(args, haystack(args, host).lastIndexOf(textAt(args, 1))),
      },
      {
        signature: "string.lastIndexOf(string, int): int",
        evaluate: (args, host) =>
          placeIn(args, haystack(args, host).lastIndexOf(textAt(args, 1), unitAt(args))),
      },
    ],
  },
  {
    name: "split",
    doc: "The parts of the text between the separators; with a second argument at most so many.",
    example: 'params.tables.split(",")',
    overloads: [
      {
        signature: "string.split(string): list<string>",
        evaluate: (args, host) => partsOf(haystack(args, host), textAt(args, 1)),
      },
      {
        signature: "string.split(string, int): list<string>",
        evaluate: (args, host) => splitInto(partsOf(haystack(args, host), textAt(args, 1)), args),
      },
    ],
  },
  {
    name: "join",
    doc: "The texts of a list one after the other, with a separator between.",
    example: 'params.countries.join(", ")',
    overloads: [
      { signature: "list<string>.join(): string", evaluate: (args) => joined(args, "") },
      { signature: "list<string>.join(string): string", evaluate: (args) => joined(args, textAt(args, 1)) },
    ],
  },
];

function haystack(args: readonly CelValue[], host: FunctionHost): string {
  const text = textAt(args, 0);
  host.meter.spend((text.length * textAt(args, 1).length) / PRODUCT_A_STEP);
  return text;
}

/** A place that a search has found, counted in characters. */
function placeIn(args: readonly CelValue[], unit: number): bigint {
  return BigInt(placeOfUnit(textAt(args, 0), unit));
}

/** Where a search is to begin, counted in UTF-16 units. */
function unitAt(args: readonly CelValue[]): number {
  const place = intAt(args, 2);
  const unit = unitOfPlace(textAt(args, 0), place);
  if (unit === null) throw new FunctionError(`place ${place} is outside the text`);
  return unit;
}

/** Without a separator each character is a part. */
function partsOf(text: string, separator: string): readonly string[] {
  return separator === "" ? Array.from(text) : text.split(separator);
}

function splitInto(parts: readonly string[], args: readonly CelValue[]): CelValue {
  const limit = intAt(args, 2);
  if (limit < 0 || parts.length <= limit) return parts;
  return limit === 0 ? [] : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(textAt(args, 1))];
}

function joined(args: readonly CelValue[], separator: string): CelValue {
  const [texts] = args;
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === "string")) {
    throw new FunctionError("join() takes a list of strings");
  }
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  if (length > TEXT_LENGTH_MAX)
    throw new FunctionError(`join() makes more than ${TEXT_LENGTH_MAX} characters`);
  return texts.join(separator);
}

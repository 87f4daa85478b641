import { EXPRESSION_FUNCTIONS } from "./expression-functions.js";

/** A function or macro as an editor shows it. */
export interface FunctionDescription {
  readonly name: string;
  /** One or two sentences, in Markdown. */
  readonly doc: string;
  readonly example: string;
  /** `string.startsWith(string): bool`; what stands before the dot is the type that it is called on. */
  readonly signatures: readonly string[];
  /** It is called on this name instead of a value: `optional.of(1)`. */
  readonly namespace?: "optional";
}

/** The functions and macros of CEL, of its library's strings and of its optionals that belong to our subset. */
const STANDARD_FUNCTIONS: readonly FunctionDescription[] = [
  {
    name: "all",
    doc: "Whether the condition is true of every element; of a map, of every key.",
    example: "params.countries.all(c, c.size() == 2)",
    signatures: ["list.all(name, bool): bool", "map.all(name, bool): bool"],
  },
  {
    name: "exists",
    doc: "Whether the condition is true of at least one element; of a map, of one key.",
    example: 'params.countries.exists(c, c == "de")',
    signatures: ["list.exists(name, bool): bool", "map.exists(name, bool): bool"],
  },
  {
    name: "exists_one",
    doc: "Whether the condition is true of just one element.",
    example: 'params.countries.exists_one(c, c == "de")',
    signatures: ["list.exists_one(name, bool): bool", "map.exists_one(name, bool): bool"],
  },
  {
    name: "filter",
    doc: "The elements of which the condition is true, in their order.",
    example: 'params.countries.filter(c, c != "us")',
    signatures: ["list.filter(name, bool): list", "map.filter(name, bool): list"],
  },
  {
    name: "map",
    doc: "What the expression gives for each element; with a condition, only for those of which it is true.",
    example: 'params.countries.map(c, "orders_" + c)',
    signatures: ["list.map(name, any): list", "list.map(name, bool, any): list", "map.map(name, any): list"],
  },
  {
    name: "has",
    doc: "Whether a field is there. Its argument ends in a field: `has(signal.rows)`.",
    example: "has(signal.rows) && signal.rows > 0",
    signatures: ["has(field): bool"],
  },
  {
    name: "size",
    doc: "How many elements a list has, entries a map, characters a text.",
    example: "steps.extract.outputs.files.size()",
    signatures: [
      "string.size(): int",
      "list.size(): int",
      "map.size(): int",
      "size(string): int",
      "size(list): int",
      "size(map): int",
    ],
  },
  {
    name: "bool",
    doc: "A truth value from a text such as `true`.",
    example: 'bool("true")',
    signatures: ["bool(string): bool", "bool(bool): bool"],
  },
  {
    name: "double",
    doc: "A number with a fraction, from an int or a text.",
    example: "double(params.limit) / 3.0",
    signatures: ["double(int): double", "double(string): double", "double(double): double"],
  },
  {
    name: "dyn",
    doc: "The same value, of a type that is known only when the workflow runs.",
    example: "dyn(params.limit)",
    signatures: ["dyn(any): any"],
  },
  {
    name: "startsWith",
    doc: "Whether a text begins with another.",
    example: 'params.table.startsWith("raw.")',
    signatures: ["string.startsWith(string): bool"],
  },
  {
    name: "endsWith",
    doc: "Whether a text ends with another.",
    example: 'params.file.endsWith(".csv")',
    signatures: ["string.endsWith(string): bool"],
  },
  {
    name: "trim",
    doc: "The text without white space at its ends.",
    example: "steps.version.outputs.tag.trim()",
    signatures: ["string.trim(): string"],
  },
  {
    name: "of",
    doc: "An optional with a value.",
    example: "optional.of(params.limit)",
    signatures: ["optional.of(any): optional"],
    namespace: "optional",
  },
  {
    name: "none",
    doc: "An optional without a value.",
    example: "optional.none()",
    signatures: ["optional.none(): optional"],
    namespace: "optional",
  },
  {
    name: "hasValue",
    doc: "Whether an optional has a value.",
    example: "signal.?rows.hasValue()",
    signatures: ["optional.hasValue(): bool"],
  },
  {
    name: "value",
    doc: "The value of an optional; an error when it has none.",
    example: "signal.?rows.value()",
    signatures: ["optional.value(): any"],
  },
  {
    name: "or",
    doc: "The optional, or the other one when this has no value.",
    example: "signal.?rows.or(signal.?count)",
    signatures: ["optional.or(optional): optional"],
  },
  {
    name: "orValue",
    doc: "The value of an optional, or the one that is given when it has none.",
    example: "signal.?rows.orValue(0)",
    signatures: ["optional.orValue(any): any"],
  },
  {
    name: "optMap",
    doc: "An optional of what the expression gives for the value; nothing when there is none.",
    example: "signal.?rows.optMap(r, r * 2)",
    signatures: ["optional.optMap(name, any): optional"],
  },
  {
    name: "optFlatMap",
    doc: "The optional that the expression gives for the value; nothing when there is none.",
    example: "signal.?order.optFlatMap(o, o.?rows)",
    signatures: ["optional.optFlatMap(name, optional): optional"],
  },
];

/** What the library converts beside what we add. */
const LIBRARY_CONVERSIONS: Readonly<Record<string, readonly string[]>> = {
  string: ["string(int): string", "string(double): string", "string(bool): string"],
};

/** Every function that an expression may call, each name once: CEL's own, and those that we add or do better. */
export const DESCRIBED_FUNCTIONS: readonly FunctionDescription[] = describedFunctions();

function describedFunctions(): readonly FunctionDescription[] {
  const own = EXPRESSION_FUNCTIONS.map(({ name, doc, example, overloads }) => ({
    name,
    doc,
    example,
    signatures: [
      ...overloads.map(({ signature }) => signature.replaceAll("dyn", "any")),
      ...(LIBRARY_CONVERSIONS[name] ?? []),
    ],
  }));
  return [...STANDARD_FUNCTIONS, ...own];
}

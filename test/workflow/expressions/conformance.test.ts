import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tests as SPECIFICATION } from "@bufbuild/cel-spec/testdata/conformance.js";
import { describe, it } from "mocha";
import { celText, createEvaluator, formatTimestamp, type CelValue } from "@headwater/workflow";

/**
 * The tests of CEL's own specification, those that speak only of what we promise of CEL. What does not pass stands in a file
 * with its reason; a test that is not in it must pass, and one that is must not.
 */
const EXCEPTIONS = new URL("../../../../test/fixtures/conformance/cel-exceptions.txt", import.meta.url);

/** What is not promised, by the name of the suite: messages, their wrappers and enums, and the optional libraries of CEL. What types are deduced is ours. */
const SUITES_LEFT_OUT =
  /^(block_ext|bindings_ext|encoders_ext|math_ext|string_ext|proto2|proto2_ext|proto3|enums|wrappers|namespace|dynamic|type_deductions|macros2)\//;
/** By what the expression says: `uint`, `bytes`, types as values, messages, namespaces, fields in backticks. */
const WORDS_LEFT_OUT =
  /\b\d+u\b|\b0x[0-9a-f]+u\b|\b[bB]r?['"]|\b[rR][bB]['"]|\b(?:uint|bytes|type)\(|\bTestAllTypes\b|\bgoogle\.|\bcel\.|\btype\b|`|\b(?:int|bool|string|double|list|map|null_type|timestamp)\b(?!\s*\()(?=\s*(?:==|$|\)))/;

interface Value {
  readonly int64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly nullValue?: unknown;
  readonly listValue?: { readonly values?: readonly Value[] };
  readonly mapValue?: { readonly entries?: readonly { readonly key: Value; readonly value: Value }[] };
  readonly objectValue?: { readonly "@type": string; readonly value?: string };
}

interface Case {
  readonly name: string;
  readonly expr: string;
  readonly container?: string;
  readonly checkOnly?: boolean;
  readonly value?: Value;
  readonly bindings?: Readonly<Record<string, { readonly value?: Value }>>;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: Case }[];
}

const cases = casesOf(SPECIFICATION as Suite, "").filter(isPromised);

describe("CEL's specification", () => {
  const evaluator = createEvaluator();
  const exceptions = readExceptions();

  it("is there", () => assert.ok(cases.length > 700, `${cases.length} cases`));

  it("has every case that is recorded as an exception, each with a reason", () => {
    const names = new Set(cases.map(({ name }) => name));
    assert.deepEqual(
      [...exceptions].filter((name) => !names.has(name)),
      [],
    );
  });

  for (const suite of new Set(cases.map(({ name }) => name.split("/")[0] ?? ""))) {
    it(`is kept by ${suite}, but for the recorded exceptions`, () => {
      const own = cases.filter(({ name }) => name.startsWith(`${suite}/`));
      const wrong = own.filter((each) => !passes(each)).map(({ name }) => name);
      assert.deepEqual(
        wrong,
        own.map(({ name }) => name).filter((name) => exceptions.has(name)),
      );
    });
  }

  function passes({ expr, value, bindings = {} }: Case): boolean {
    const scope = Object.fromEntries(
      Object.entries(bindings).map(([name, bound]) => [name, celValue(bound.value ?? {})]),
    );
    const result = evaluator.evaluate(expr, scope);
    if (value === undefined) return !result.ok;
    return result.ok && textOf(result.value) === textOf(celValue(value));
  }
});

function casesOf({ name, suites = [], tests = [] }: Suite, path: string): readonly Case[] {
  // The outermost suite is the specification itself.
  const inside = path === "" && suites.length > 0 && name === "conformance" ? "" : `${path}${name}/`;
  return [
    ...tests.map(({ original }) => ({ ...original, name: `${inside}${original.name}` })),
    ...suites.flatMap((suite) => casesOf(suite, inside)),
  ];
}

function isPromised({ name, expr, container, checkOnly, value, bindings = {} }: Case): boolean {
  if (SUITES_LEFT_OUT.test(name) || WORDS_LEFT_OUT.test(withoutTexts(expr))) return false;
  if (container !== undefined || checkOnly === true) return false;
  const values = [
    ...(value === undefined ? [] : [value]),
    ...Object.values(bindings).map((bound) => bound.value ?? {}),
  ];
  return values.every(isPromisedValue);
}

/** What stands in quotes is no word of the language. */
function withoutTexts(expression: string): string {
  return expression.replace(/(?<![bB])(['"])(?:\\.|(?!\1).)*\1/g, "''");
}

function isPromisedValue(value: Value): boolean {
  if (value.listValue !== undefined) return (value.listValue.values ?? []).every(isPromisedValue);
  if (value.mapValue !== undefined) {
    return (value.mapValue.entries ?? []).every(
      ({ key, value: entry }) => key.stringValue !== undefined && isPromisedValue(entry),
    );
  }
  if (value.objectValue !== undefined) return /\.(Timestamp|Duration)$/.test(value.objectValue["@type"]);
  return ["int64Value", "doubleValue", "stringValue", "boolValue", "nullValue"].some((key) => key in value);
}

function celValue(value: Value): CelValue {
  if (value.int64Value !== undefined) return BigInt(value.int64Value);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.listValue !== undefined) return (value.listValue.values ?? []).map(celValue);
  if (value.mapValue !== undefined) {
    return Object.fromEntries(
      (value.mapValue.entries ?? []).map(({ key, value: entry }) => [key.stringValue ?? "", celValue(entry)]),
    );
  }
  if (value.objectValue !== undefined) return timeOf(value.objectValue);
  return value.stringValue ?? value.boolValue ?? null;
}

function timeOf({ "@type": type, value = "" }: NonNullable<Value["objectValue"]>): CelValue {
  if (type.endsWith("Timestamp")) return new Date(value);
  const evaluated = createEvaluator().evaluate(`duration('${value}')`, {});
  return evaluated.ok ? evaluated.value : value;
}

/** Equal texts for equal values of one type; an int is told from a double, and -0.0 from 0.0. */
function textOf(value: CelValue): string {
  if (typeof value === "bigint") return `int ${value}`;
  if (typeof value === "number") return `double ${Object.is(value, -0) ? "-0" : value}`;
  if (value instanceof Date) return `timestamp ${formatTimestamp(value.getTime())}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  const entries = Object.entries(value as Readonly<Record<string, CelValue>>);
  if (value.constructor !== Object && Object.getPrototypeOf(value) !== null)
    return `duration ${celText(value)}`;
  return `{${entries
    .map(([key, entry]) => `${key}: ${textOf(entry)}`)
    .sort()
    .join(", ")}}`;
}

/** Names under a reason, which begins with `#`. */
function readExceptions(): ReadonlySet<string> {
  const names = new Set<string>();
  let reason = "";
  for (const line of readFileSync(EXCEPTIONS, "utf8").split("\n")) {
    if (line.startsWith("#")) reason = line;
    else if (line !== "") {
      assert.notEqual(reason, "", `${line} has no reason`);
      names.add(line);
    }
  }
  return names;
}

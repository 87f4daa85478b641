import assert from "node:assert/strict";
import { describe, test } from "mocha";
import type { Json, ValueType } from "@headwater/workflow";
import {
  checkValue,
  formatDuration,
  formatValueType,
  fromCelValue,
  parseDuration,
  parseTimestamp,
  parseTypedText,
  parseValueType,
  toCelValue,
} from "@headwater/workflow";

describe("parseValueType()", () => {
  test("reads what formatValueType() writes, white space anywhere", () => {
    for (const text of ["int", "json", "list<string>", "map<list<date>>"])
      assert.equal(formatValueType(typeOf(text)), text);
    assert.equal(formatValueType(typeOf(" list < map< int > > ")), "list<map<int>>");
  });

  test("refuses what is no type", () => {
    for (const text of [
      "",
      "uint",
      "list",
      "list<>",
      "list<int",
      "lists<int>",
      "List<int>",
      "map<string, int>",
      `${"list<".repeat(11)}int${">".repeat(11)}`,
    ]) {
      assert.equal(parseValueType(text), null, text);
    }
  });
});

describe("checkValue()", () => {
  const table: readonly (readonly [Json, string, string | null])[] = [
    [1, "int", null],
    [
      2 ** 53,
      "int",
      "must be int, is beyond 9007199254740991 (2^53 - 1), up to which whole numbers are exact: take a string for it",
    ],
    [1.5, "int", "must be int, is 1.5"],
    ["abc", "int", 'must be int, is "abc"'],
    [1, "double", null],
    [null, "bool", "must be bool, is null"],
    ["2026-02-29", "date", 'must be date, is "2026-02-29"'],
    ["2026-02-28", "date", null],
    ["2026-02-28T10:00:00+02:00", "timestamp", null],
    ["1 March", "timestamp", 'must be timestamp, is "1 March"'],
    ["1h30m", "duration", null],
    [{ a: [1, "x"] }, "map<list<int>>", '.a[1] must be int, is "x"'],
    [[1], "map<int>", "must be map<int>, is a list of 1"],
    [{ a: 1 }, "list<int>", "must be list<int>, is a map"],
    [[{ deep: [null] }], "json", null],
  ];
  for (const [value, type, problem] of table) {
    test(`says ${problem ?? "nothing"} of ${JSON.stringify(value)} as ${type}`, () => {
      assert.equal(checkValue(value, typeOf(type)), problem);
    });
  }

  test("keeps its message short whatever the value, and refuses values that nest too deep", () => {
    assert.ok((checkValue("x".repeat(1_000_000), typeOf("int"))?.length ?? 0) < 100);
    let deep: Json = [];
    for (let depth = 0; depth < 5000; depth += 1) deep = [deep];
    assert.equal(checkValue(deep, typeOf("json")), "must nest at most 100 deep");
    assert.notEqual(toCelValue(deep, typeOf("json")), undefined);
  });
});

describe("parseTypedText()", () => {
  const table: readonly (readonly [string, string, Json | undefined])[] = [
    [" as it is ", "string", " as it is "],
    [" 42 ", "int", 42],
    ["4.2", "int", undefined],
    ["9007199254740993", "int", undefined],
    ["0x10", "int", undefined],
    ["-1.5e3", "double", -1500],
    ["Infinity", "double", undefined],
    ["true", "bool", true],
    ["yes", "bool", undefined],
    ["2026-03-01", "date", "2026-03-01"],
    ["us, de", "list<string>", ["us", "de"]],
    ["1,2", "list<int>", [1, 2]],
    ["1,x", "list<int>", undefined],
    ["", "list<int>", []],
    ['["a,b"]', "list<string>", ["a,b"]],
    ["[1", "list<int>", undefined],
    ['{"a": 1}', "map<int>", { a: 1 }],
    ["[1, null]", "json", [1, null]],
    ["nope", "json", undefined],
  ];
  for (const [text, type, value] of table) {
    test(`reads ${JSON.stringify(text)} as ${type}`, () => {
      const result = parseTypedText(text, typeOf(type));
      assert.deepEqual(result.ok ? result.value : undefined, value);
      if (!result.ok) assert.match(result.problem, /must be /);
    });
  }
});

describe("durations and instants", () => {
  test("parseDuration() reads what formatDuration() writes", () => {
    for (const [text, ms] of [
      ["0s", 0],
      ["250ms", 250],
      ["1m30s", 90_000],
      ["2d", 172_800_000],
      ["1h30m", 5_400_000],
    ] as const) {
      assert.equal(parseDuration(text), ms);
      assert.equal(formatDuration(ms), text);
    }
    assert.equal(parseDuration("1.5h"), 5_400_000);
    assert.equal(parseDuration("1w"), 7 * 86_400_000);
  });

  test("parseDuration() refuses what is no duration", () => {
    for (const text of ["", "5", "h", "-5m", "1m1h", "5m5m", "1h 30m", "9".repeat(50) + "d", "1e3s"]) {
      assert.equal(parseDuration(text), null, text);
    }
  });

  test("parseTimestamp() reads RFC 3339 only", () => {
    assert.equal(parseTimestamp("2026-03-01T06:00:00.123456Z"), Date.UTC(2026, 2, 1, 6, 0, 0, 123));
    assert.equal(parseTimestamp("2026-03-01 06:00+01:00"), Date.UTC(2026, 2, 1, 5));
    assert.equal(parseTimestamp("2026-03-01"), Date.UTC(2026, 2, 1));
    for (const text of [
      "2026-03-01T06:00",
      "2026-02-30T06:00Z",
      "2026-03-01T24:00Z",
      "2026",
      "+010000-01-01T00:00Z",
      "now",
    ]) {
      assert.equal(parseTimestamp(text), null, text);
    }
  });
});

test("toCelValue() and fromCelValue() are each other's reverse", () => {
  for (const [value, type] of [
    [5, "int"],
    [5, "double"],
    ["2026-03-01", "date"],
    ["2026-03-01T06:00:00.500Z", "timestamp"],
    ["1h30m", "duration"],
    [{ a: ["1s"] }, "map<list<duration>>"],
    [{ a: [1, 1.5, null, "x"] }, "json"],
  ] as const) {
    assert.deepEqual<Json>(fromCelValue(toCelValue(value, typeOf(type))), value);
  }
  assert.equal(typeof toCelValue(5, typeOf("double")), "number");
  assert.equal(typeof toCelValue(5, typeOf("json")), "bigint");
});

function typeOf(text: string): ValueType {
  const type = parseValueType(text);
  assert.ok(type !== null, text);
  return type;
}

import assert from "node:assert/strict";
import { resolveParams } from "@headwater/engine";
import type { Json, ParamDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { T0, evaluator, expression, literal, workflow } from "./builder.js";

const PARAMS: readonly ParamDefinition[] = [
  { name: "date", type: { name: "date" }, default: expression("run.scheduled_at.date()") },
  { name: "label", type: { name: "string" }, default: expression('"day " + params.date') },
  { name: "mode", type: { name: "string" }, options: ["full", "delta"], default: literal("delta") },
  { name: "limit", type: { name: "int" }, min: 1, max: 1000, default: literal(100) },
];

describe("resolveParams()", () => {
  it("completes what is given with defaults, which may use run and earlier params", () => {
    const params = { date: "2026-03-02", label: "day 2026-03-02", mode: "full", limit: 100 };
    assert.deepEqual(resolve(PARAMS, { mode: "full" }), { ok: true, params });
  });

  const wrong: readonly (readonly [string, Readonly<Record<string, Json>>, string])[] = [
    [
      "an unknown name, with the nearest",
      { limt: 5 },
      '"limt" is not a param of workflow "test"; did you mean "limit"?',
    ],
    ["a wrong type", { limit: "5" }, '"limit" must be int, is "5"'],
    ["null", { date: null }, '"date" must be date, is null'],
    ["what is no option", { mode: "fast" }, '"mode" must be one of "full", "delta", is "fast"'],
    ["too small a number", { limit: 0 }, '"limit" must be at least 1, is 0'],
    ["too large a number", { limit: 1001 }, '"limit" must be at most 1000, is 1001'],
    ["names of every object", { constructor: 1 }, '"constructor" is not a param of workflow "test"'],
  ];
  for (const [title, given, expected] of wrong) {
    it(`refuses ${title}`, () => assert.deepEqual(problems(PARAMS, given), [expected]));
  }

  it("refuses a param that is missing, and tells all problems at once", () => {
    const required: ParamDefinition = { name: "table", type: { name: "string" } };
    assert.deepEqual(problems([...PARAMS, required], { limit: 0 }), [
      '"limit" must be at least 1, is 0',
      '"table" is required and has no default',
    ]);
  });

  it("says how a list is written that was written as a text", () => {
    const of = (name: "string" | "int"): ParamDefinition => ({
      name: "a",
      type: { name: "list", of: { name } },
    });
    assert.deepEqual(problems([of("string")], { a: "de,fr" }), [
      `"a" must be list<string>, is "de,fr": write it as JSON, '["de","fr"]'`,
    ]);
    assert.deepEqual(problems([of("int")], { a: "[1, 2]" }), [
      `"a" must be list<int>, is "[1, 2]": write it as JSON, '[1,2]'`,
    ]);
    assert.deepEqual(problems([of("int")], { a: "de" }), ['"a" must be list<int>, is "de"']);
  });

  it("refuses a default that cannot be evaluated", () => {
    const param: ParamDefinition = { name: "a", type: { name: "int" }, default: expression("1 / 0") };
    assert.match(problems([param], {})[0] ?? "", /^"a" has a default that cannot be evaluated: /);
  });

  it("refuses more than 256 KiB, counted in UTF-8", () => {
    const param: ParamDefinition = { name: "text", type: { name: "string" } };
    assert.equal(resolve([param], { text: "é".repeat(131_000) }).ok, true);
    assert.match(
      problems([param], { text: "é".repeat(131_072) })[0] ?? "",
      /^"text" is 262146 bytes of the 262155 /,
    );
  });
});

function resolve(
  params: readonly ParamDefinition[],
  given: Readonly<Record<string, Json>>,
): ReturnType<typeof resolveParams> {
  return resolveParams(workflow([], { params }), given, {
    id: "run-1",
    scheduledAt: T0,
    createdAt: T0,
    trigger: "schedule",
    commit: "c0ffee",
    environment: "production",
    evaluator,
  });
}

function problems(
  params: readonly ParamDefinition[],
  given: Readonly<Record<string, Json>>,
): readonly string[] {
  const resolved = resolve(params, given);
  return resolved.ok ? [] : resolved.problems.map(({ param, message }) => `"${param}" ${message}`);
}

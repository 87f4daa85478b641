import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { matchesSignal, type Json, type SignalMatch } from "@headwater/workflow";

const ROWS: readonly (readonly [Json | undefined, SignalMatch["operator"], Json, boolean])[] = [
  ["a", "eq", "a", true],
  ["a", "eq", "b", false],
  [1, "eq", "1", false],
  [null, "eq", null, true],
  [undefined, "eq", null, false],
  [{ a: 1, b: [2] }, "eq", { b: [2], a: 1 }, true],
  ["a", "ne", "b", true],
  [undefined, "ne", "b", true],
  [6, "gte", 6, true],
  [5, "gte", 6, false],
  [7, "gt", 6, true],
  [6, "gt", 6, false],
  [5, "lt", 6, true],
  [6, "lte", 6, true],
  ["2026-03-02", "lt", "2026-10-01", true],
  [7, "gt", "6", false],
  [undefined, "lt", 6, false],
  ["us", "in", ["us", "de"], true],
  ["jp", "in", ["us", "de"], false],
  ["jp", "in", "jp", false],
];

describe("matchesSignal()", () => {
  for (const [given, operator, wanted, expected] of ROWS) {
    it(`${JSON.stringify(given)} ${operator} ${JSON.stringify(wanted)} is ${expected}`, () => {
      const params = given === undefined ? {} : { param: given };
      assert.equal(matchesSignal([{ param: "param", operator, value: wanted }], params), expected);
    });
  }

  it("needs every condition", () => {
    const conditions = [
      { param: "table", operator: "eq", value: "raw.orders" },
      { param: "hour", operator: "gte", value: 6 },
    ] as const;
    assert.equal(matchesSignal(conditions, { table: "raw.orders", hour: 7 }), true);
    assert.equal(matchesSignal(conditions, { table: "raw.orders", hour: 5 }), false);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { matchesSignal, type Json, type SignalMatch } from "@headwater/workflow";
import { listenerRange, stretchesOf } from "#server/store/listener-range.js";

const LONG = "a".repeat(60);
const VALUES: readonly (Json | undefined)[] = [
  -1e300,
  -2,
  -1.5,
  -Number.MIN_VALUE,
  -0,
  0,
  Number.MIN_VALUE,
  1,
  1.5,
  9,
  10,
  2 ** 53,
  1e300,

  "",
  " ",
  "!",
  "0",
  "1",
  "10",
  "9",
  "A",
  "a",
  "a\u0000",
  "ab",
  "b",
  "é",
  "\ue000",
  "\uffff",
  "😀",
  "\ud83d",
  "2026-11-28",
  "2026-11-29",
  LONG,
  `${LONG}a`,
  `${LONG}b`,
  "a".repeat(49),
  "a".repeat(50),
  true,
  false,
  null,
  [1],
  { a: 1 },
  undefined,
];
const WANTED = VALUES.flatMap((value) => (value === undefined ? [] : [value]));
const BETWEEN = [
  [1, 10],
  [9, 10],
  [10, 10],
  [10, 1],
  ["1", "9"],
  ["2026-11-28", "2026-11-29"],
  [1, "1"],
  [LONG, `${LONG}b`],
] as const;
const PAIRS = [
  ["gt", "lt"],
  ["gt", "lte"],
  ["gte", "lt"],
  ["gte", "lte"],
] as const;
const OPERATORS = ["gt", "gte", "lt", "lte", "ne"] as const;

describe("listenerRange()", () => {
  it("finds every condition that a value meets, and none that it does not but of long texts", () => {
    for (const operator of OPERATORS)
      for (const wanted of WANTED) checkAll([{ param: "a", operator, value: wanted }]);
  });

  it("finds what is between two bounds", () => {
    for (const [low, high] of BETWEEN) {
      for (const [from, to] of PAIRS) {
        checkAll([
          { param: "a", operator: to, value: high },
          { param: "a", operator: from, value: low },
        ]);
      }
    }
  });

  it("is of the first param that can be ordered", () => {
    const of = (...match: SignalMatch[]): readonly unknown[] => {
      const range = listenerRange(match);
      return [range?.param, range?.side, range?.until === null];
    };
    const [ne, lt, gt] = OPERATORS.flatMap((operator) =>
      ["ne", "lt", "gt"].includes(operator) ? [{ param: operator, operator, value: 1 }] : [],
    ).reverse();
    assert.ok(ne && lt && gt);
    assert.deepEqual(of(ne, lt, gt), ["gt", "from", true]);
    assert.deepEqual(of(ne, lt), ["lt", "to", true]);
    assert.deepEqual(of(ne), ["ne", "not", true]);
    assert.equal(listenerRange([{ param: "a", operator: "gte", value: null }]), null);
    assert.equal(listenerRange([{ param: "a", operator: "ne", value: LONG }]), null);
    assert.equal(listenerRange([]), null);
  });
});

function checkAll(match: readonly SignalMatch[]): void {
  for (const value of VALUES) check(match, value);
}

function check(match: readonly SignalMatch[], value: Json | undefined): void {
  const range = listenerRange(match);
  if (range === null) return;
  const { side, bound, until } = range;
  const isFound = stretchesOf(side, value).some(
    ({ low, high, at }) => isBetween(bound, low, high) && (until === null || isBetween(at, "", until)),
  );
  const holds = matchesSignal(match, value === undefined ? {} : { a: value });
  const said = `${JSON.stringify(match)} and ${JSON.stringify(value)}`;
  if (holds) assert.ok(isFound, said);
  else if (isExact(match)) assert.ok(!isFound, said);
}

function isExact(match: readonly SignalMatch[]): boolean {
  const isShort = match.every(({ value }) => typeof value !== "string" || value.length < 50);
  return isShort && new Set(match.map(({ value }) => typeof value)).size === 1;
}

/** As SQLite compares them. */
function isBetween(text: string, low: string, high: string): boolean {
  return Buffer.compare(bytes(text), bytes(low)) >= 0 && Buffer.compare(bytes(text), bytes(high)) <= 0;
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

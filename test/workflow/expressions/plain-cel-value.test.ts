import assert from "node:assert/strict";
import { celValueOfPlain, plainCelValue, toCelValue } from "@headwater/workflow";
import type { CelValue, Json } from "@headwater/workflow";
import { describe, it } from "mocha";

const DURATION = toCelValue("1h30m", { name: "duration" });

const VALUES: readonly CelValue[] = [
  null,
  true,
  "text",
  "",
  5n,
  -(2n ** 62n),
  0.5,
  5,
  -0,
  NaN,
  -Infinity,
  new Date(1_774_000_000_123),
  DURATION,
  [],
  [1n],
  [1n, 2n, 3n],
  [10n, 7n, 4n],
  [4n, 4n],
  [1n, 5n, 2n],
  [2n ** 60n, 1n],
  [1n, 2],
  [
    ["int", "5"],
    [DURATION, null],
  ],
  {},
  { int: "5", list: [1n, { deep: [true] }], 7: "seven", "": "nothing" },
];

describe("plainCelValue()", () => {
  it("loses nothing on the way through JSON", () => {
    for (const value of VALUES) {
      const text = JSON.stringify(plainCelValue(value));
      assert.deepStrictEqual(celValueOfPlain(JSON.parse(text) as Json), value, text);
    }
  });

  it("tells the ints of a range by its ends", () => {
    const range = Array.from({ length: 100_000 }, (_, index) => BigInt(index * 2));
    assert.deepEqual(plainCelValue(range), ["range", 0, 2, 100_000]);
  });
});

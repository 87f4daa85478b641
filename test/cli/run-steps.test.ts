import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Step } from "@headwater/api";
import { byBeginning, isWithin } from "#cli/run-steps.js";

describe("isWithin()", () => {
  for (const [path, outer, expected] of [
    ["load", "load", true],
    ["load[0].copy", "load", true],
    ["load[10].copy", "load[1]", false],
    ["load[1].copy", "load[1]", true],
    ["load[1].copy", "load.copy", true],
    ["load[1].copy[2].row", "load.copy", true],
    ["loader", "load", false],
    ["load[1].copying", "load.copy", false],
  ] as const) {
    it(`says that ${path} is ${expected ? "" : "not "}within ${outer}`, () => {
      assert.equal(isWithin(path, outer), expected);
    });
  }
});

describe("byBeginning()", () => {
  it("puts iterations among the steps that began after them, and what has not begun last", () => {
    const steps = [
      ["extract", 1],
      ["wait", null],
      ["publish", 9],
      ["load[0].copy", 3],
      ["load[1].copy", 3],
    ] as const;
    // Only what decides is in these.
    const rows = steps.map(([path, startedAt]) => ({ path, startedAt }) as Step);
    assert.deepEqual(
      byBeginning(rows).map(({ path }) => path),
      ["extract", "load[0].copy", "load[1].copy", "publish", "wait"],
    );
  });
});

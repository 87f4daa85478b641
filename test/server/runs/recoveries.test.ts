import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { recoveryText } from "#server/runs/recoveries.js";

describe("recoveryText()", () => {
  it("tells of runs, and of attempts that were lost", () => {
    const begin = "as far as retry.platform allows";
    assert.deepEqual(
      [recoveryText(2, 0), recoveryText(1, 1), recoveryText(2, 3)],
      [
        "Went on with 2 runs",
        `Went on with 1 run; 1 attempt was lost and begins again, ${begin}`,
        `Went on with 2 runs; 3 attempts were lost and begin again, ${begin}`,
      ],
    );
  });
});
